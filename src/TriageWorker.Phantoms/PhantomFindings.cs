namespace TriageWorker.Phantoms;

/// <summary>What may be drawn into a phantom on purpose. Nothing else in a phantom is a finding.</summary>
[Flags]
public enum PhantomFindings
{
    None = 0,

    /// <summary>Free fluid in the peritoneal cavity, 150–2500 ml.</summary>
    Ascites = 1,

    /// <summary>Fluid in one or both pleural spaces, 60–1500 ml.</summary>
    PleuralEffusion = 2,

    /// <summary>Free intraperitoneal air, 15–600 ml.</summary>
    FreeAir = 4,

    /// <summary>A spleen of more than 450 ml; without it 100–300 ml.</summary>
    Splenomegaly = 8,
}
