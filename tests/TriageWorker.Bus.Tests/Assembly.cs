using TriageWorker.Testing;

[assembly: AssemblyFixture(typeof(PostgresServer))]
