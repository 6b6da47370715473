using TriageWorker.Dicom;

namespace TriageWorker.DicomWeb;

/// <summary>Gives the long values of an instance addresses, and finds them again: <c>…/bulkdata/7FE00010</c>, <c>…/bulkdata/54000100/0/54001010</c>.</summary>
internal sealed class BulkDataPlace(string service)
{
    /// <summary>Whose values are given addresses now.</summary>
    public required StoredInstance Instance { get; set; }

    /// <summary>Null for text, which goes inline: what is fetched has no character set of its own (PS3.18, F.2.2).</summary>
    /// <param name="path">As the JSON writer says it: <c>54000100[0].54001010</c>.</param>
    public Uri? AddressOf(string path, DicomElement element)
    {
        if (element.VR is not (DicomVR.OB or DicomVR.OD or DicomVR.OF or DicomVR.OL or DicomVR.OV or DicomVR.OW or DicomVR.UN or DicomVR.FL or DicomVR.FD
            or DicomVR.SS or DicomVR.US or DicomVR.SL or DicomVR.UL or DicomVR.SV or DicomVR.UV)) return null;
        var place = path.Replace("].", "/", StringComparison.Ordinal).Replace('[', '/');
        return new Uri($"{service}/studies/{Instance.Study}/series/{Instance.Series}/instances/{Instance.SopInstanceUid}/bulkdata/{place}");
    }

    /// <summary>The value at the end of an address; null when the data set has none there.</summary>
    public static DicomElement? Find(DicomDataset dataset, string place)
    {
        var steps = place.Split('/');
        for (var i = 0; ; i += 2)
        {
            if (steps[i].Length != 8 || !DicomTag.TryParse(steps[i], out var tag) || !dataset.TryGet(tag, out var element)) return null;
            if (i == steps.Length - 1) return element.VR == DicomVR.SQ ? null : element;
            if (i + 2 >= steps.Length || !int.TryParse(steps[i + 1], out var item) || item < 0 || item >= element.Items.Count) return null;
            dataset = element.Items[item];
        }
    }
}
