using System.Globalization;
using Spectre.Console;
using TriageWorker.Host.Administration;
using TriageWorker.Triage;

namespace TriageWorker.Host.Studies;

/// <summary>Prints where a study is, for people.</summary>
public sealed class StudyReport(IAnsiConsole console, SiteTimes times)
{
    public void Print(StudyDocument study)
    {
        console.WriteLine($"Study {study.StudyUid}");
        console.WriteLine($"Accession {study.Accession ?? "not given"}, {(study.Images == 1 ? "1 image" : $"{study.Images} images")} from {study.Caller}, order {study.Order.ToString().ToLowerInvariant()}; times in {times.ZoneName}");
        var table = new Table().Border(TableBorder.Simple).AddColumns("time", "step", "detail");
        foreach (var hop in study.Hops) table.AddPlainRow(times.Text(hop.At), hop.Step, hop.Detail);
        console.Write(table);
        foreach (var remark in study.Remarks) console.WriteLine(remark);
        foreach (var said in study.Attention) console.WriteLine($"{said.Label}: {ModelAttention.Name}: {said.Attention.Said()}, image {said.Attention.SopUid}{(said.Attention.Frame is { } frame ? $" frame {frame}" : "")}");
        if (study.Documents.Count > 0) console.Write(Documents(study));
        if (study.Position is { } position)
            console.WriteLine($"List: {position.ToString(CultureInfo.InvariantCulture)}. of what nobody has read, {study.State?.Replace('_', ' ')}{(study.Moved is null ? "" : $"; {study.Moved}")}");
        PrintWait(study);
    }

    /// <summary>A hop that came while somebody follows.</summary>
    public void PrintHop(Store.Hop hop) => console.WriteLine($"{times.Text(hop.At)}  {hop.Step}: {hop.Detail}");

    public void PrintWait(StudyDocument study)
    {
        var colour = study.WaitsFor.IsTrouble ? Color.Red : study.WaitsFor.IsOver ? Color.Green : Color.Yellow;
        console.WriteLine("Waits for:", colour, study.WaitsFor.Sentence);
        if (study.Eta is { } eta) console.WriteLine(eta.At is { } at ? $"ETA: {times.Text(at)}, as {eta.Basis}" : $"ETA: {eta.Basis}");
    }

    public void PrintChoice(StudyAnswer answer)
    {
        console.WriteLine($"{answer.Studies.Count} studies have the accession number {answer.Asked}; ask again with the UID of one:");
        var table = new Table().Border(TableBorder.Simple).AddColumns("study UID", "arrived", "images", "from", "state", "waits for");
        foreach (var study in answer.Studies)
            table.AddPlainRow(
                study.StudyUid, times.Text(study.Hops[0].At), study.Images.ToString(CultureInfo.InvariantCulture), study.Caller, study.State?.Replace('_', ' ') ?? "", study.WaitsFor.Sentence);
        console.Write(table);
    }

    public void PrintAbsence(string asked, AbsenceDocument absence)
    {
        console.WriteLine($"No image of a study with the UID or accession number {asked} has been received here.");
        console.WriteLine(absence.OpenAssociations switch
        {
            0 => "No association is open now.",
            1 => "One association is open now; what it has not sent yet is not known.",
            var several => $"{several} associations are open now; what they have not sent yet is not known.",
        });
        foreach (var caller in absence.RefusedCallers)
            console.WriteLine($"Refused: {caller.CallingAe} from {caller.PeerAddress}, asking for {caller.CalledAe}, {caller.Times} times until {times.Text(caller.LastAt)}: {caller.Because}. Is it in Intake:Callers?");
        foreach (var cut in absence.CutAssociations)
            console.WriteLine($"Not whole: an association of {cut.Caller} ended {cut.Ending} at {times.Text(cut.EndedAt)} after {cut.Objects} objects, {cut.Refused} refused.");
        if (absence.RefusedCallers.Count + absence.CutAssociations.Count == 0) console.WriteLine("Within the last day no caller was refused, and no association ended early or with refused objects.");
        console.WriteLine(absence.Quarantined switch
        {
            null => "There is no spool on this machine whose quarantine could be counted.",
            0 => "Nothing is in quarantine on this machine.",
            var files => $"{files} files are in quarantine on this machine; a text beside each says why.",
        });
    }

    private Table Documents(StudyDocument study)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("destination", "document", "state", "attempts", "why", "delivered, or next attempt");
        foreach (var sent in study.Documents)
            table.AddPlainRow(
                sent.Destination, sent.Document, sent.State, sent.Attempts.ToString(CultureInfo.InvariantCulture), sent.Because ?? "",
                (sent.DeliveredAt ?? sent.NextAttempt) is { } at ? times.Text(at) : "");
        return table;
    }
}
