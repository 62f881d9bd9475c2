"""Small network of `segment_anything` with random weights."""

from functools import partial
from typing import Any

import torch
from segment_anything.modeling import ImageEncoderViT, MaskDecoder, PromptEncoder, Sam, TwoWayTransformer

SIDE, PATCH, WIDTH = 64, 16, 32


def small_sam(*, confident: bool = False) -> Any:
    """Build the network.

    Args:
        confident: Predict an IoU of 1 and sharp edges for every mask, so that candidates pass the filters of the
            automatic mask generator, which are made for trained weights.
    """
    torch.manual_seed(0)
    sam = Sam(
        image_encoder=ImageEncoderViT(
            depth=2,
            embed_dim=WIDTH,
            img_size=SIDE,
            mlp_ratio=2,
            norm_layer=partial(torch.nn.LayerNorm, eps=1e-6),
            num_heads=2,
            patch_size=PATCH,
            qkv_bias=True,
            use_rel_pos=True,
            global_attn_indexes=(1,),
            window_size=2,
            out_chans=WIDTH,
        ),
        prompt_encoder=PromptEncoder(
            embed_dim=WIDTH,
            image_embedding_size=(SIDE // PATCH, SIDE // PATCH),
            input_image_size=(SIDE, SIDE),
            mask_in_chans=4,
        ),
        mask_decoder=MaskDecoder(
            num_multimask_outputs=3,
            transformer=TwoWayTransformer(depth=1, embedding_dim=WIDTH, mlp_dim=32, num_heads=2),
            transformer_dim=WIDTH,
            iou_head_depth=2,
            iou_head_hidden_dim=16,
        ),
    )
    if confident:
        decoder = sam.mask_decoder
        with torch.no_grad():
            decoder.iou_prediction_head.layers[-1].weight.zero_()
            decoder.iou_prediction_head.layers[-1].bias.fill_(1.0)
            for head in decoder.output_hypernetworks_mlps:
                head.layers[-1].weight.mul_(20_000)
                head.layers[-1].bias.mul_(20_000)
    return sam.eval()
