using System.Net;

namespace TriageWorker.Store.Tests;

public sealed class WebCallerTests
{
    [Theory]
    [InlineData("10.1.2.3", "DICOMweb client 10.1.2.3", "http://10.1.2.3/")]
    [InlineData("::ffff:10.1.2.3", "DICOMweb client 10.1.2.3", "http://10.1.2.3/")]
    [InlineData("fd00::7", "DICOMweb client fd00::7", "http://[fd00::7]/")]
    [InlineData("fe80::7%3", "DICOMweb client fe80::7", "http://[fe80::7]/")]
    public void A_web_client_is_its_address_and_is_known_again_by_its_name_and_by_what_the_file_says(string address, string name, string presentation)
    {
        var caller = WebCaller.At(IPAddress.Parse(address));
        (caller.Name, caller.Presentation).ShouldBe((name, presentation));
        WebCaller.Named(name).ShouldBe(caller);
        WebCaller.Presented(presentation).ShouldBe(caller);
    }

    [Theory]
    [InlineData("CT1"), InlineData(""), InlineData("DICOMweb client"), InlineData("DICOMweb client "), InlineData("DICOMweb client X")]
    public void No_title_of_an_application_entity_is_one(string title) => WebCaller.Named(title).ShouldBeNull();

    [Theory]
    [InlineData(""), InlineData("dicom://10.1.2.3:104"), InlineData("no address")]
    public void What_others_write_there_is_none(string said) => WebCaller.Presented(said).ShouldBeNull();
}
