using TriageWorker.Dicom.Dictionary;

namespace TriageWorker.Dicom.Tests.Dictionary;

public sealed class DicomUidTests
{
    [Fact]
    public void The_standards_uids_are_known_by_name_and_kind()
    {
        var known = DicomUid.Find(DicomUid.CTImageStorage).ShouldNotBeNull();
        (known.Keyword, known.Kind, known.Name, known.IsRetired).ShouldBe(("CTImageStorage", "SOP Class", "CT Image Storage", false));
        DicomUid.Find(DicomUid.ExplicitVRBigEndian).ShouldNotBeNull().IsRetired.ShouldBeTrue();
        DicomUid.Find("1.2.3").ShouldBeNull();
    }

    [Fact]
    public void A_uuid_becomes_the_uid_that_the_standard_shows() =>
        DicomUid.FromUuid(Guid.Parse("f81d4fae-7dec-11d0-a765-00a0c91e6bf6")).ShouldBe("2.25.329800735698586629295641978511506172918"); // PS3.5, B.2

    [Fact]
    public void A_name_becomes_the_uuid_that_the_rfc_shows() =>
        NameBasedUuid.Version5(Guid.Parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "www.example.com")
            .ShouldBe(Guid.Parse("2ed6657d-e927-568b-95e1-2665a8aea6a2")); // RFC 9562, A.4

    [Fact]
    public void A_derived_uid_is_the_same_each_time_and_valid()
    {
        var space = Guid.NewGuid();
        var uid = DicomUid.Derive(space, "sr|1.2.3");
        DicomUid.Derive(space, "sr|1.2.3").ShouldBe(uid);
        DicomUid.Derive(space, "sr|1.2.4").ShouldNotBe(uid);
        DicomUid.IsValid(uid).ShouldBeTrue();
    }

    [Theory]
    [InlineData("1.2.840.10008.1.1", true)]
    [InlineData("1.0.3", true)]
    [InlineData("1.02.3", false)]
    [InlineData("1..3", false)]
    [InlineData("1.2.", false)]
    [InlineData("1.2.a", false)]
    [InlineData("", false)]
    [InlineData("1.2345678901234567890123456789012345678901234567890123456789012345", false)]
    public void A_uid_is_valid_by_the_standards_rules(string uid, bool valid) => DicomUid.IsValid(uid).ShouldBe(valid);
}
