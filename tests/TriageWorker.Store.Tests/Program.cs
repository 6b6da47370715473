using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriageWorker.Store;
using TriageWorker.Store.Tests;
using Xunit.Runner.InProc.SystemConsole;

// The tests need processes that they can kill or trace: started as "host FOLDER" this one runs an embedded server, says where, and waits;
// started as "publish FOLDER" it publishes what is in a spool; as "seal CONNECTION" it seals a ledger row by row.
if (args is ["publish", var spool]) return PublishingProcess.Run(spool);
if (args is ["keep", var kept]) return KeepingProcess.Run(kept);
if (args is ["sweep", var rows, var files, var study, var step]) return await TriageWorker.Store.Tests.Retention.SweepingProcess.RunAsync(rows, files, study, step);
if (args is ["seal", var ledger])
{
    await using var database = new Database(Npgsql.NpgsqlDataSource.Create(ledger), new OutboxSignal());
    while (true) // until it is killed
        if (await new SealStore(database, NodeName.OfThisProcess).SealNextAsync(most: 1, CancellationToken.None) is { } seal) Console.WriteLine(seal.Seq);
}

if (args is not ["host", var folder]) return await ConsoleRunner.Run(args);

await using var server = new EmbeddedPostgres(Options.Create(new DatabaseOptions { Embedded = new() { Data = folder } }), TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);
Console.WriteLine(await server.StartAsync(progress: null, CancellationToken.None));
await Console.In.ReadToEndAsync();
return 0;
