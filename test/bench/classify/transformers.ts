import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AutoModel, AutoTokenizer, env } from '@huggingface/transformers'
import type { Classify } from './load.js'

/**
 * The same ONNX file in transformers.js, with as many threads inside a run as it takes by itself, or one: text in, embedding
 * out. It has no head, hence decides nothing.
 */
export async function transformers(
  model: string,
  threads?: number,
): Promise<{ classify: Classify; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-peer-'))
  await mkdir(join(folder, 'peer/onnx'), { recursive: true })
  await copyFile(join(model, 'model.onnx'), join(folder, 'peer/onnx/model_quantized.onnx'))
  await copyFile(join(model, 'tokenizer.json'), join(folder, 'peer/tokenizer.json'))
  const config = { model_type: 'bert', architectures: ['BertModel'] }
  await writeFile(join(folder, 'peer/config.json'), JSON.stringify(config))
  const tokenizer = { tokenizer_class: 'BertTokenizer', model_max_length: 64, do_lower_case: true }
  await writeFile(join(folder, 'peer/tokenizer_config.json'), JSON.stringify(tokenizer))
  env.allowRemoteModels = false
  env.localModelPath = `${folder}/`
  const read = await AutoTokenizer.from_pretrained('peer', { local_files_only: true })
  const encode = await AutoModel.from_pretrained('peer', {
    dtype: 'q8',
    device: 'cpu',
    local_files_only: true,
    ...(threads && { session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 } }),
  })
  return {
    classify: async (text) => encode(await read(text, { truncation: true })),
    async close() {
      await encode.dispose()
      await rm(folder, { recursive: true })
    },
  }
}
