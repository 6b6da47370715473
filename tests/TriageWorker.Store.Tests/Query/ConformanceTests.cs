using System.Reflection;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Matching;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests.Query;

/// <summary>What can be searched by, against the conformance statement.</summary>
public sealed class ConformanceTests
{
    [Fact]
    public void The_keys_are_those_of_the_conformance_statement()
    {
        var all = typeof(DicomTag).GetProperties(BindingFlags.Public | BindingFlags.Static).Where(one => one.PropertyType == typeof(DicomTag)).Select(one => (DicomTag)one.GetValue(null)!).ToList();
        QueryLevel LevelOf(DicomTag tag) => Enum.GetValues<QueryLevel>().First(level => QueryStore.Holds(tag, level));

        ConformanceStatement.Table("3-3").Select(row => (row["Attribute"], row["Tag"], row["Level"])).ShouldBe(
            all.Where(tag => QueryStore.Holds(tag, QueryLevel.Instance)).Select(tag => (tag.Keyword!, $"{tag.Value:X8}", LevelOf(tag).ToString().ToLowerInvariant())), ignoreOrder: true);
    }
}
