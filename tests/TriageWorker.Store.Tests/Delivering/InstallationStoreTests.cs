using Npgsql;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests;

public sealed class InstallationStoreTests(PostgresServer server)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_installation_has_a_serial_number_of_its_own_and_keeps_it()
    {
        await using var production = await InstallAsync();
        await using var test = await InstallAsync();
        var serial = await new InstallationStore(production).SerialNumberAsync(Stop);

        (await new InstallationStore(production).SerialNumberAsync(Stop)).ShouldBe(serial);
        (await new InstallationStore(test).SerialNumberAsync(Stop)).ShouldNotBe(serial);
        serial.Length.ShouldBeLessThanOrEqualTo(64); // LO
        await using var connection = await production.OpenAsync(Stop);
        (await connection.FirstAsync("select detail->>'serialNumber' from audit where event = 'installation.named'", [], row => row.GetString(0), Stop)).ShouldBe(serial);
    }

    private async Task<Database> InstallAsync()
    {
        var source = NpgsqlDataSource.Create(await server.CreateDatabaseAsync(empty: true));
        await new MigrationRunner(source).RunAsync(Stop);
        return new Database(source, new OutboxSignal());
    }
}
