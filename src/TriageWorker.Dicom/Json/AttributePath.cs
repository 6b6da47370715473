using System.Globalization;
using System.Text;

namespace TriageWorker.Dicom.Json;

/// <summary>Where in nested data sets a reader or writer stands. Text is made of it only when somebody wants it.</summary>
internal sealed class AttributePath(int? dataSet = null)
{
    private readonly List<(DicomTag Tag, int Item)> _steps = [];

    internal void Enter(DicomTag tag) => _steps.Add((tag, -1));

    internal void EnterItem(int item) => _steps[^1] = (_steps[^1].Tag, item);

    internal void LeaveItems() => EnterItem(-1);

    internal void Leave() => _steps.RemoveAt(_steps.Count - 1);

    public override string ToString()
    {
        var text = new StringBuilder();
        if (dataSet is { } number) text.Append(CultureInfo.InvariantCulture, $"[{number}]");
        foreach (var (tag, item) in _steps)
        {
            if (text.Length > 0) text.Append('.');
            text.Append(CultureInfo.InvariantCulture, $"{tag.Value:X8}");
            if (item >= 0) text.Append(CultureInfo.InvariantCulture, $"[{item}]");
        }
        return text.ToString();
    }
}
