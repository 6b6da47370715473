using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriageWorker.Store;
using Xunit.Runner.InProc.SystemConsole;

// The tests need a process that they can kill: started as "host FOLDER" this one runs an embedded server, says where, and waits.
if (args is not ["host", var folder]) return await ConsoleRunner.Run(args);

await using var server = new EmbeddedPostgres(Options.Create(new DatabaseOptions { Embedded = new() { Data = folder } }), TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);
Console.WriteLine(await server.StartAsync(progress: null, CancellationToken.None));
await Console.In.ReadToEndAsync();
return 0;
