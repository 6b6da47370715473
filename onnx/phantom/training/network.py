"""A small network of Merlin's shape: 3-D ResNet trunk of bottlenecks, pooled once, linear heads on the pooled vector.

Axes as in the product: the graph's input is [N,1,X,Y,Z] (RAS+), and inside depth is Z, rows are X, columns are Y.
"""
import torch
from torch import nn

STEM = 12
WIDTHS = (12, 24, 48, 64)
BLOCKS = (1, 2, 2, 1)
EXPANSION = 4
FEATURES = WIDTHS[-1] * EXPANSION
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


class Trunk(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv3d(1, STEM, (3, 7, 7), (1, 2, 2), (1, 3, 3), bias=False)
        self.bn1 = nn.BatchNorm3d(STEM)
        self.maxpool = nn.MaxPool3d(3, 2, 1)
        channels, stages = STEM, []
        for stage, (width, count) in enumerate(zip(WIDTHS, BLOCKS)):
            blocks = []
            for block in range(count):
                blocks.append(Bottleneck(channels, width, 2 if stage > 0 and block == 0 else 1, block == 0))
                channels = width * EXPANSION
            stages.append(nn.Sequential(*blocks))
        self.layers = nn.Sequential(*stages)

    def stages(self, volume):
        """The output of each stage; the last is the feature map."""
        x = volume.permute(0, 1, 4, 2, 3)
        x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        outputs = []
        for layer in self.layers:
            x = layer(x)
            outputs.append(x)
        return outputs

    def forward(self, volume):
        return self.stages(volume)[-1]


class PhantomNetwork(nn.Module):
    """Returns what the graph returns: embedding, contrastive (unit), phenotype logits, risk logits, feature map."""

    def __init__(self, phenotypes, risks):
        super().__init__()
        self.trunk = Trunk()
        self.contrastive_head = nn.Linear(FEATURES, CONTRASTIVE)
        self.phenotype_head = nn.Linear(FEATURES, phenotypes)
        self.risk_head = nn.Linear(FEATURES, risks)

    def forward(self, volume):
        return self.heads(self.trunk(volume))

    def heads(self, feature_map):
        embedding = feature_map.mean((2, 3, 4))
        contrastive = self.contrastive_head(embedding)
        contrastive = contrastive / contrastive.norm(dim=1, keepdim=True)
        return embedding, contrastive, self.phenotype_head(embedding), self.risk_head(embedding), feature_map


class Guide(nn.Module):
    """Teaches while training and is not exported: where the regions lie and how dense they are, asked of every stage; how much there is, asked of the last."""

    def __init__(self, regions, densities, measures):
        super().__init__()
        self.places = nn.ModuleList(nn.Conv3d(width * EXPANSION, regions, 1) for width in WIDTHS)
        self.densities = nn.ModuleList(nn.Conv3d(width * EXPANSION, densities, 1) for width in WIDTHS)
        self.measures = nn.Linear(FEATURES, measures)

    def forward(self, stages):
        return ([place(stage) for place, stage in zip(self.places, stages)],
                [density(stage) for density, stage in zip(self.densities, stages)],
                self.measures(stages[-1].mean((2, 3, 4))))


class LabelBank(nn.Module):
    """Learned label vectors, several for each side of each finding; used as unit vectors."""

    def __init__(self, findings):
        super().__init__()
        self.vectors = nn.Parameter(torch.randn(findings, 2, VECTORS_PER_SIDE, CONTRASTIVE))
        self.log_scale = nn.Parameter(torch.tensor(2.3))  # e^2.3 = 10, CLIP's temperature in another writing

    def unit(self):
        return self.vectors / self.vectors.norm(dim=-1, keepdim=True)
