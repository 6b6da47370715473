"""Folds batch normalisation into the convolution before it, in double precision: w*g/sqrt(v+eps), b = beta - mean*g/sqrt(v+eps)."""
import torch
from torch import nn

from network import Bottleneck


def folded(convolution, norm):
    scale = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
    result = nn.Conv3d(convolution.in_channels, convolution.out_channels, convolution.kernel_size, convolution.stride, convolution.padding)
    result.weight.data = (convolution.weight.double() * scale.reshape(-1, 1, 1, 1, 1)).float()
    result.bias.data = (norm.bias.double() - norm.running_mean.double() * scale).float()
    return result


def fold(network):
    """Changes the network in place; it computes the same without normalisation."""
    network.eval()
    trunk = network.trunk
    blocks = [module for module in trunk.modules() if isinstance(module, Bottleneck)]
    trunk.spots, trunk.bn0 = folded(trunk.spots, trunk.bn0), nn.Identity()
    for module, steps in [(trunk, "1"), *((block, "123") for block in blocks)]:
        for n in steps:
            setattr(module, "conv" + n, folded(getattr(module, "conv" + n), getattr(module, "bn" + n)))
            setattr(module, "bn" + n, nn.Identity())
    for block in blocks:
        if block.downsample is not None:
            block.downsample = nn.Sequential(folded(*block.downsample))
    return network
