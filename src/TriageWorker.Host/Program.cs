using System.CommandLine;
using TriageWorker.Host;
using TriageWorker.Host.Verbs;

using var signals = new StopSignals();
var console = Terminal.Output();
var triage = new RootCommand("""
    TriageWorker scores CT studies as they arrive and orders the reading worklist by what it finds.
    In a checkout, ./triage also offers: test (every test, see ./triage test --help) and bench (see ./triage bench list).
    """)
{
    DemoVerb.Create(console),
    RunVerb.Create(console, signals),
    PhantomVerb.Create(console),
    MigrateVerb.Create(console),
    SendVerb.Create(console),
    ModelsVerb.Create(console),
    AlarmsVerb.Create(console),
    CallersVerb.Create(console),
    AuditVerb.Create(console),
    ConfigVerb.Create(console),
    DeadLettersVerb.Create(console),
    DestinationsVerb.Create(console),
    SpoolVerb.Create(console),
    StudyVerb.Create(console),
    DoctorVerb.Create(console),
    VersionVerb.Create(console),
};
return await Faults.ReportAsync(Terminal.Errors(), () => triage.Parse(args).InvokeAsync(Terminal.Invocation, signals.Stop));
