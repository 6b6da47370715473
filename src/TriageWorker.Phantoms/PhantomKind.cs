namespace TriageWorker.Phantoms;

/// <summary>What sort of study is drawn; all but the first are what a model must refuse to read.</summary>
public enum PhantomKind
{
    /// <summary>An axial CT of lung bases, abdomen and pelvis.</summary>
    Abdomen,

    /// <summary>Only the scout views of a CT.</summary>
    Localizer,

    /// <summary>The same body as an MR study: no Hounsfield units.</summary>
    MagneticResonance,

    /// <summary>One screenshot (secondary capture), no CT.</summary>
    SecondaryCapture,
}
