using TriageWorker.Models.Packages;

namespace TriageWorker.Models.Merlin.Import;

/// <summary>What the six outputs of the five-year classifier are about, in their order.</summary>
internal static class RiskLabels
{
    public const int Count = 6;

    private const string Disputed =
        "The publishers' sources disagree about this output: their demonstration calls it chronic liver disease, their data set and paper osteoporosis. It is told once a site has confirmed which.";

    public static IReadOnlyList<LabelDocument> For(SixthRisk sixth) =>
    [
        Of("R5_CVD", "Cardiovascular disease", "49601007", "Disorder of cardiovascular system"),
        Of("R5_IHD", "Ischemic heart disease", "414545008", "Ischemic heart disease"),
        Of("R5_HTN", "Hypertension", "38341003", "Hypertensive disorder"),
        Of("R5_DM", "Diabetes mellitus", "73211009", "Diabetes mellitus"),
        Of("R5_CKD", "Chronic kidney disease", "709044004", "Chronic kidney disease"),
        sixth switch
        {
            SixthRisk.ChronicLiverDisease => Of("R5_CLD", "Chronic liver disease", "328383001", "Chronic liver disease"),
            SixthRisk.Osteoporosis => Of("R5_OST", "Osteoporosis", "64859006", "Osteoporosis"),
            _ => Of("R5_OST", "Osteoporosis (disputed)", "64859006", "Osteoporosis") with { Held = Disputed },
        },
    ];

    private static LabelDocument Of(string key, string label, string code, string meaning) =>
        new() { Key = key, Label = label, Code = new CodeDocument { Value = code, Scheme = "SCT", Meaning = meaning } };
}
