using TriageWorker.Dicom;
using TriageWorker.Dicom.Matching;

namespace TriageWorker.Store;

/// <summary>Which objects of one level are wanted: those that all keys match.</summary>
/// <param name="Keys">On attributes for which <see cref="QueryStore.Holds"/> is true.</param>
/// <param name="Most">Rows to answer with at most.</param>
/// <param name="Skip">Rows to leave out first, in the order of the level: studies newest first, series and instances by their UIDs.</param>
public sealed record ObjectQuery(QueryLevel Level, IReadOnlyList<MatchKey> Keys, int Most, int Skip = 0);

/// <summary>One object that matched.</summary>
/// <param name="Attributes">What rows say of it and of what it belongs to; what is unknown is present and empty.</param>
/// <param name="Instance">On the instance level: its row.</param>
public sealed record FoundObject(string Study, string? Series, InstanceRow? Instance, DicomDataset Attributes);
