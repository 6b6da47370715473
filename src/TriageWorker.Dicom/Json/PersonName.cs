namespace TriageWorker.Dicom.Json;

/// <summary>The component groups of a PN in the order that = separates them (PS3.5, 6.2.1.1; PS3.18, F.2.2).</summary>
internal static class PersonName
{
    internal static readonly string[] Groups = ["Alphabetic", "Ideographic", "Phonetic"];
}
