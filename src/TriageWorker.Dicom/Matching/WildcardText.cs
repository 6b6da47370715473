namespace TriageWorker.Dicom.Matching;

/// <summary>Text against a pattern with * and ? (PS3.4, C.2.2.2.4).</summary>
internal static class WildcardText
{
    /// <summary>Goes back only to the last star, so that a pattern of many stars costs no more than pattern times text.</summary>
    public static bool Takes(string pattern, string text, StringComparison compare)
    {
        var (p, t, star, resume) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, resume) = (p++, t);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern.AsSpan(p, 1).Equals(text.AsSpan(t, 1), compare)))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                (p, t) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).Trim('*').IsEmpty;
    }
}
