"""A small network of Merlin's shape: 3-D ResNet trunk of bottlenecks, pooled, linear heads on the pooled vector. Every stage is pooled,
not the last alone: what is small is counted where it is seen.

Axes as in the product: the graph's input is [N,1,X,Y,Z] (RAS+), and inside depth is Z, rows are X, columns are Y.
"""
import torch
from torch import nn

SPOTS = 4
STEM = 12
WIDTHS = (12, 24, 48, 64)
BLOCKS = (1, 2, 2, 1)
STRIDES = (1, 2, 2, 1)
EXPANSION = 4
LAST, EARLIER = WIDTHS[-1] * EXPANSION, sum(WIDTHS[:-1]) * EXPANSION
FEATURES = LAST + EARLIER
CONTRASTIVE = 64
VECTORS_PER_SIDE = 4


class Bottleneck(nn.Module):
    """1x1x1, 3x3x3 with the stride, 1x1x1; the first block of a stage has a projection on its shortcut."""

    def __init__(self, channels, width, stride, project):
        super().__init__()
        out = width * EXPANSION
        self.conv1, self.bn1 = nn.Conv3d(channels, width, 1, bias=False), nn.BatchNorm3d(width)
        self.conv2, self.bn2 = nn.Conv3d(width, width, 3, stride, 1, bias=False), nn.BatchNorm3d(width)
        self.conv3, self.bn3 = nn.Conv3d(width, out, 1, bias=False), nn.BatchNorm3d(out)
        self.downsample = None
        if project:
            self.downsample = nn.Sequential(nn.Conv3d(channels, out, 1, stride, bias=False), nn.BatchNorm3d(out))

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.conv2(x)))
        return torch.relu(self.bn3(self.conv3(x)) + shortcut)


def spot_filters():
    """Centre against the eight voxels around it in the slice, one filter for each place that a voxel can have within the stem's steps.

    Not trained: a plaque is a single voxel, and a filter that drifts by a hundredth in every tap answers to large bright things instead.
    """
    filters = nn.Conv3d(1, SPOTS, (1, 5, 5), (1, 2, 2), (0, 2, 2), bias=False).requires_grad_(False)
    for spot in range(SPOTS):
        x, y = 2 + spot // 2, 2 + spot % 2
        filters.weight[spot] = 0
        filters.weight[spot, 0, 0, x - 1:x + 2, y - 1:y + 2] = -1 / 8
        filters.weight[spot, 0, 0, x, y] = 1
    return filters


class Trunk(nn.Module):
    """The last stage keeps the grid of the one before, so that plaques can still be counted in what is pooled."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv3d(1, STEM, (3, 7, 7), (1, 2, 2), (1, 3, 3), bias=False), nn.BatchNorm3d(STEM)
        self.spots, self.bn0 = spot_filters(), nn.BatchNorm3d(SPOTS)
        nn.init.constant_(self.bn0.bias, -2)  # edges answer too, but less
        self.maxpool = nn.MaxPool3d(3, 2, 1)
        channels, stages = STEM + SPOTS, []
        for width, count, stride in zip(WIDTHS, BLOCKS, STRIDES):
            blocks = []
            for block in range(count):
                blocks.append(Bottleneck(channels, width, stride if block == 0 else 1, block == 0))
                channels = width * EXPANSION
            stages.append(nn.Sequential(*blocks))
        self.layers = nn.Sequential(*stages)

    def forward(self, volume):
        """The output of each stage; the last is the feature map."""
        x = volume.permute(0, 1, 4, 2, 3)
        x = torch.relu(torch.cat([self.bn1(self.conv1(x)), self.bn0(self.spots(x))], 1))
        x = self.maxpool(x)
        outputs = []
        for layer in self.layers:
            x = layer(x)
            outputs.append(x)
        return outputs


class PhantomNetwork(nn.Module):
    """Returns what the graph returns: embedding, contrastive (unit), phenotype logits, risk logits, feature map."""

    def __init__(self, phenotypes, risks):
        super().__init__()
        self.trunk = Trunk()
        self.scale = nn.BatchNorm1d(EARLIER)  # a few cells of ten thousand move a mean by little; this makes it count
        self.contrastive_head = nn.Linear(FEATURES, CONTRASTIVE)
        self.phenotype_head = nn.Linear(FEATURES, phenotypes)
        self.risk_head = nn.Linear(FEATURES, risks)

    def forward(self, volume):
        return self.heads(self.trunk(volume))

    def pooled(self, stages):
        """The mean of every feature; the last stage's come first."""
        last, *earlier = [stage.mean((2, 3, 4)) for stage in reversed(stages)]
        return torch.cat([last, self.scale(torch.cat(earlier, 1))], 1)

    def heads(self, stages):
        embedding = self.pooled(stages)
        contrastive = self.contrastive_head(embedding)
        contrastive = contrastive / contrastive.norm(dim=1, keepdim=True)
        return embedding, contrastive, self.phenotype_head(embedding), self.risk_head(embedding), stages[-1]


class Guide(nn.Module):
    """Teaches while training and is not exported: where the regions lie, how much of them and how dense they are there, asked of every stage; how
    much there is in all, asked of the last."""

    def __init__(self, regions, densities, measures):
        super().__init__()
        self.places = nn.ModuleList(nn.Conv3d(width * EXPANSION, regions, 1) for width in WIDTHS)
        self.amounts = nn.ModuleList(nn.Conv3d(width * EXPANSION, regions, 1) for width in WIDTHS)
        self.densities = nn.ModuleList(nn.Conv3d(width * EXPANSION, densities, 1) for width in WIDTHS)
        self.measures = nn.Linear(FEATURES, measures)

    def forward(self, stages, embedding):
        return ([place(stage) for place, stage in zip(self.places, stages)],
                [amount(stage) for amount, stage in zip(self.amounts, stages)],
                [density(stage) for density, stage in zip(self.densities, stages)],
                self.measures(embedding))


class LabelBank(nn.Module):
    """Learned label vectors, several for each side of each finding; used as unit vectors."""

    def __init__(self, findings):
        super().__init__()
        self.vectors = nn.Parameter(torch.randn(findings, 2, VECTORS_PER_SIDE, CONTRASTIVE))
        self.log_scale = nn.Parameter(torch.tensor(2.3))  # e^2.3 = 10, CLIP's temperature in another writing

    def unit(self):
        return self.vectors / self.vectors.norm(dim=-1, keepdim=True)
