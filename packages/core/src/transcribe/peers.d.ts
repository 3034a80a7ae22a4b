// What is used of two peers that come without types.

declare module 'sherpa-onnx-node' {
  export interface OfflineStream {
    acceptWaveform(speech: { samples: Float32Array; sampleRate: number }): void
  }
  export class OfflineRecognizer {
    static createAsync(config: object): Promise<OfflineRecognizer>
    createStream(): OfflineStream
    decodeAsync(stream: OfflineStream): Promise<{ text: string }>
  }
  const sherpa: { OfflineRecognizer: typeof OfflineRecognizer }
  export default sherpa
}

declare module '@audio/decode-wav' {
  export default function decode(bytes: Uint8Array): { channelData: Float32Array[]; sampleRate: number }
}
