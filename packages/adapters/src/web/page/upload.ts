import type { Problem, Uploaded } from '../protocol.js'

/** What the server makes of an upload: `sent` is there once all of it has arrived. */
export interface Upload {
  sent: Promise<Uploaded | Problem>
  cancel(): void
}

/** Sends a file to the server. `progress` gets what part of it has gone, from 0 to 1. */
export function upload(server: URL, bearer: Promise<string>, file: File, progress: (part: number) => void): Upload {
  // Fetch tells nothing of how far an upload is.
  const request = new XMLHttpRequest()
  const url = new URL('uploads', server)
  url.searchParams.set('name', file.name)
  request.open('POST', url)
  request.responseType = 'json'
  request.setRequestHeader('content-type', file.type || 'application/octet-stream')
  request.upload.onprogress = ({ loaded, total }) => progress(loaded / total)
  const sent = new Promise<Uploaded | Problem>((resolve) => {
    // A proxy may answer anything, or nothing.
    request.onloadend = () => {
      const { response } = request
      const known = typeof response?.id === 'string' || typeof response?.error === 'string'
      resolve(known ? response : { ok: false, error: '', retry: true })
    }
    void bearer.then((bearer) => {
      // Cancelled in the meantime.
      if (request.readyState !== XMLHttpRequest.OPENED) return
      request.setRequestHeader('authorization', `Bearer ${bearer}`)
      request.send(file)
    })
  })
  return { sent, cancel: () => request.abort() }
}
