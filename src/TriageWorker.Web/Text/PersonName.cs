namespace TriageWorker.Web;

/// <summary>A DICOM person name (PS3.5 6.2.1.2) as people read it: family name first, other writings after it.</summary>
internal static class PersonName
{
    private const int Family = 0, Given = 1, Middle = 2;

    public static string? Read(string? value)
    {
        if (string.IsNullOrWhiteSpace(value)) return null;
        var writings = value.Split('=').Select(Writing).Where(writing => writing.Length > 0).ToArray();
        return writings.Length == 0 ? null : string.Join(" · ", writings);
    }

    private static string Writing(string group)
    {
        var parts = group.Split('^').Select(part => part.Trim()).ToArray();
        var given = string.Join(' ', parts[Math.Min(Given, parts.Length)..Math.Min(Middle + 1, parts.Length)].Where(part => part.Length > 0));
        if (given.Length == 0) return parts[Family];
        return parts[Family].Length == 0 ? given : $"{parts[Family]}, {given}";
    }
}
