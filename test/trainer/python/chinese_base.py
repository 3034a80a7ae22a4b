"""Makes a multilingual base encoder with random weights: `python chinese_base.py FOLDER < TEXTS`, one text a line."""

import sys

import torch
from tokenizers import (
    Tokenizer,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]

# As XLM-R's: pieces of whole texts, whose white space is written as a character of its own.
tokenizer = Tokenizer(models.Unigram())
tokenizer.normalizer = normalizers.NFKC()
tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
texts = [line.strip() for line in sys.stdin]
tokenizer.train_from_iterator(
    texts,
    trainers.UnigramTrainer(vocab_size=200, special_tokens=SPECIAL, unk_token="<unk>"),
)
tokenizer.post_processor = processors.TemplateProcessing(
    single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
)
names = {
    "bos_token": "<s>",
    "pad_token": "<pad>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
}
PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names).save_pretrained(
    sys.argv[1]
)

torch.manual_seed(0)
shape = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
}
config = XLMRobertaConfig(
    vocab_size=tokenizer.get_vocab_size(),
    max_position_embeddings=130,
    type_vocab_size=1,
    **shape,
)
XLMRobertaModel(config).save_pretrained(sys.argv[1])
