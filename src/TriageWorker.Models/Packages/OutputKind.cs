namespace TriageWorker.Models.Packages;

/// <summary>What one output of a graph is.</summary>
public enum OutputKind
{
    /// <summary>The pooled feature vector, not normalised.</summary>
    Embedding,

    /// <summary>The vector that is compared with label vectors; it is normalised before use, whether or not the graph did.</summary>
    Contrastive,

    /// <summary>One number per phenotype label.</summary>
    Phenotypes,

    /// <summary>One number per five-year risk label.</summary>
    Risks,

    /// <summary>The features [1,C,D,H,W] whose mean over D, H and W is the embedding; activation maps are made of them.</summary>
    FeatureMap,
}

/// <summary>What is applied to an output before it is called a score.</summary>
public enum Activation
{
    None,
    Sigmoid,
}
