import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env, pipeline } from '@huggingface/transformers'
import type { Classify } from './load.js'

/** The same ONNX file in transformers.js, with as many threads inside a run as it takes by itself, or one. */
export async function transformers(
  model: string,
  threads?: number,
): Promise<{ classify: Classify; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-peer-'))
  const { labels } = JSON.parse(await readFile(join(model, 'model.json'), 'utf8')) as { labels: string[] }
  await mkdir(join(folder, 'peer/onnx'), { recursive: true })
  await copyFile(join(model, 'model.onnx'), join(folder, 'peer/onnx/model_quantized.onnx'))
  await copyFile(join(model, 'tokenizer.json'), join(folder, 'peer/tokenizer.json'))
  const config = { model_type: 'bert', architectures: ['BertForSequenceClassification'], id2label: { ...labels } }
  await writeFile(join(folder, 'peer/config.json'), JSON.stringify(config))
  const tokenizer = { tokenizer_class: 'BertTokenizer', model_max_length: 64, do_lower_case: true }
  await writeFile(join(folder, 'peer/tokenizer_config.json'), JSON.stringify(tokenizer))
  env.allowRemoteModels = false
  env.localModelPath = `${folder}/`
  const classify = await pipeline('text-classification', 'peer', {
    dtype: 'q8',
    device: 'cpu',
    local_files_only: true,
    ...(threads && { session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 } }),
  })
  return {
    classify: (text) => classify(text),
    async close() {
      await classify.dispose()
      await rm(folder, { recursive: true })
    },
  }
}
