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
    """Changes the network in place; it computes the same with 23 layers less."""
    network.eval()
    trunk = network.trunk
    trunk.conv1, trunk.bn1 = folded(trunk.conv1, trunk.bn1), nn.Identity()
    for block in (module for module in trunk.modules() if isinstance(module, Bottleneck)):
        for n in ("1", "2", "3"):
            setattr(block, "conv" + n, folded(getattr(block, "conv" + n), getattr(block, "bn" + n)))
            setattr(block, "bn" + n, nn.Identity())
        if block.downsample is not None:
            block.downsample = nn.Sequential(folded(*block.downsample))
    return network
