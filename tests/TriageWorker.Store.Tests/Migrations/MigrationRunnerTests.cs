using Npgsql;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests;

public sealed class MigrationRunnerTests(PostgresServer server)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_database_gets_every_migration_once_also_with_two_runners_at_once()
    {
        await using var source = await SourceAsync();
        await using (var connection = await source.OpenConnectionAsync(Stop)) connection.PostgreSqlVersion.Major.ShouldBe(server.Version);

        var applied = await Task.WhenAll(new MigrationRunner(source).RunAsync(Stop), new MigrationRunner(source).RunAsync(Stop));

        applied.Sum(steps => steps.Count).ShouldBe(Migration.Shipped.Count);
        (await new MigrationRunner(source).RunAsync(Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_migration_that_was_changed_after_it_was_applied_is_refused_by_name()
    {
        await using var source = await SourceAsync();
        await new MigrationRunner(source, [new(1, "0001_one.sql", "create table one (id integer)")]).RunAsync(Stop);

        var error = await Should.ThrowAsync<MigrationException>(() =>
            new MigrationRunner(source, [new(1, "0001_one.sql", "create table one (id bigint)")]).RunAsync(Stop));

        error.Message.ShouldContain("0001_one.sql");
    }

    [Fact]
    public async Task Line_ends_of_a_checkout_are_no_change()
    {
        await using var source = await SourceAsync();
        await new MigrationRunner(source, [new(1, "0001_one.sql", "create table one (\n id integer)")]).RunAsync(Stop);

        (await new MigrationRunner(source, [new(1, "0001_one.sql", "create table one (\r\n id integer)")]).RunAsync(Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_and_those_before_it_stay()
    {
        await using var source = await SourceAsync();
        Migration[] migrations = [new(1, "0001_one.sql", "create table one (id integer)"), new(2, "0002_two.sql", "create table two (id integer); select 1/0")];

        await Should.ThrowAsync<PostgresException>(() => new MigrationRunner(source, migrations).RunAsync(Stop));

        (await TablesAsync(source)).ShouldBe(["one", "schema_migration"]);
    }

    [Fact]
    public async Task A_connection_that_breaks_in_the_middle_is_told_as_that_so_that_the_start_tries_again()
    {
        await using var source = await SourceAsync();

        var broken = await Should.ThrowAsync<Exception>(() => new MigrationRunner(source, [new(1, "0001_one.sql", "select pg_terminate_backend(pg_backend_pid())")]).RunAsync(Stop));

        broken.ShouldBeAssignableTo<NpgsqlException>();
        (await new MigrationRunner(source, [new(1, "0001_one.sql", "select 1")]).RunAsync(Stop)).ShouldHaveSingleItem(); // and the lock is free
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        await using var source = await SourceAsync();
        await new MigrationRunner(source, [new(1, "0001_one.sql", "select 1"), new(2, "0002_two.sql", "select 2")]).RunAsync(Stop);

        var error = await Should.ThrowAsync<MigrationException>(() => new MigrationRunner(source, [new(1, "0001_one.sql", "select 1")]).RunAsync(Stop));

        error.Message.ShouldContain("0002_two.sql");
    }

    private async Task<NpgsqlDataSource> SourceAsync() =>
        NpgsqlDataSource.Create(await server.CreateDatabaseAsync(empty: true));

    private static async Task<List<string>> TablesAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync(Stop);
        return await connection.ListAsync("select tablename::text from pg_tables where schemaname = 'public' order by 1", [], row => row.GetString(0), Stop);
    }
}
