namespace TriageWorker.Imaging.Body;

/// <summary>Which part of a person a slice shows, as far as its pixels tell.</summary>
public enum BodyRegion
{
    /// <summary>Nobody, or too little of anybody to tell.</summary>
    None,

    Head,

    /// <summary>A section too small for a trunk, without a skull: a neck, an arm, or one or two legs.</summary>
    NeckOrLimb,

    Thorax,
    Abdomen,
    Pelvis,
}
