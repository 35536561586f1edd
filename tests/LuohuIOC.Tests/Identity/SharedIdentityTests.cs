using System.Text;
using LuohuIOC.Identity;
using LuohuIOC.Storage;
using LuohuIOC.Tests.Storage;
using Npgsql;
using Xunit;

namespace LuohuIOC.Tests.Identity;

/// <summary>Two hosts' tokens, secrets and tickets on one real PostgreSQL.</summary>
[Collection(SharedPostgres.Collection)]
public sealed class SharedIdentityTests(SharedPostgres postgres) : IAsyncLifetime
{
    private string _connection = "";
    private PostgresDatabase _database = null!;
    private TemporaryIdentity _a = null!;
    private TemporaryIdentity _b = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connection = await postgres.Server.NewDatabaseAsync();
        _database = new PostgresDatabase(_connection);
        (_a, _b) = (new TemporaryIdentity(_database), new TemporaryIdentity(_database));
    }

    public async ValueTask DisposeAsync()
    {
        _a.Dispose();
        _b.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public void A_token_of_one_host_holds_on_the_other_until_either_revokes_it()
    {
        var (here, there) = (_a.Tokens(), _b.Tokens());
        var (token, text) = here.Issue("三防值班室", Role.DutyOfficer, null);
        there.Load();
        Assert.Equal(TokenVerdict.Valid, there.Check(text, out var found));
        Assert.Equal(token with { LastUsedAt = found!.LastUsedAt }, found);
        var told = new List<string>();
        here.Revoked += told.Add;
        Assert.True(there.Revoke(token.Id));
        here.Load();
        here.Load();
        Assert.Equal(TokenVerdict.ExpiredOrRevoked, here.Check(text, out _));
        Assert.Equal([token.Id], told);
        Assert.False(here.Revoke(token.Id));
    }

    [Fact]
    public void The_newest_use_on_any_host_is_kept()
    {
        var (here, there) = (_a.Tokens(), _b.Tokens());
        var (token, text) = here.Issue("wall", Role.Viewer, null);
        there.Load();
        _b.Clock.Advance(TimeSpan.FromMinutes(5));
        foreach (var book in (TokenBook[])[here, there]) book.Check(text, out _);
        there.WriteLastUsed();
        here.WriteLastUsed();
        Assert.Equal(_b.Clock.GetUtcNow(), _a.Tokens().Find(token.Id)!.LastUsedAt);
    }

    [Fact]
    public void The_command_line_issues_for_all_hosts()
    {
        var here = _a.Tokens();
        using var output = new StringWriter();
        var code = TokenCommand.Run(
            ["--role=administrator", "--name=张三", $"--Cluster:PostgreSql={_connection}", $"--DataDirectory={_b.Directory}"], output, TextWriter.Null, _a.Clock);
        Assert.Equal(0, code);
        here.Load();
        Assert.Equal(TokenVerdict.Valid, here.Check(output.ToString().Trim(), out _));
    }

    [Fact]
    public async Task Hosts_that_make_secrets_at_the_same_time_agree_and_each_file_holds_only_what_opens()
    {
        using var here = _a.Secrets();
        using var there = _b.Secrets();
        string[] gateways = [.. Enumerable.Range(0, 60).Select(i => $"gw-{i:00}")];
        var made = await Task.WhenAll(
            Task.Run(() => here.EnsureAsync(gateways, Cancel), Cancel), Task.Run(() => there.EnsureAsync(gateways.Reverse(), Cancel), Cancel));
        Assert.Equal(60, made.Sum());
        await here.RefreshAsync(Cancel);
        await there.RefreshAsync(Cancel);
        var (mine, theirs) = (_a.Files.ReadGateways(), _b.Files.ReadGateways());
        Assert.Equal((made[0], made[1]), (mine.Count, theirs.Count));
        Assert.Equal(gateways, mine.Keys.Concat(theirs.Keys).Order());
        foreach (var (gateway, secret) in mine.Concat(theirs))
            foreach (var host in (GatewaySecrets[])[here, there]) Assert.True(Verify(host, gateway, secret));
    }

    [Fact]
    public async Task A_secret_of_a_lost_file_is_void_when_another_host_was_first()
    {
        using var here = _a.Secrets();
        await here.EnsureAsync(["gw-01"], Cancel);
        // Written just before a crash, and stored by the other meanwhile.
        _b.Files.AppendGateways([("gw-01", new string('x', GatewaySecrets.SecretLength)), ("gw-02", new string('y', GatewaySecrets.SecretLength))]);
        using var there = _b.Secrets();
        Assert.Equal(["gw-02"], _b.Files.ReadGateways().Keys);
        Assert.Equal(1, await there.EnsureAsync(["gw-01", "gw-02"], Cancel));
        await here.RefreshAsync(Cancel);
        Assert.True(Verify(here, "gw-02", new string('y', GatewaySecrets.SecretLength)));
    }

    [Fact]
    public async Task A_secret_replaced_or_disabled_on_one_host_is_void_on_the_other_and_ends_what_is_connected()
    {
        using var here = _a.Secrets();
        using var there = _b.Secrets();
        await here.EnsureAsync(["gw-01", "gw-02", "gw-03"], Cancel);
        await there.RefreshAsync(Cancel);
        var clear = _a.Files.ReadGateways();
        var (replaced, untouched) = (here.RightOf("gw-01"), here.RightOf("gw-03"));
        var told = new List<string>();
        here.Withdrawn += told.Add;
        var fresh = await there.RotateAsync("gw-01", Cancel);
        await there.DisableAsync("gw-02", Cancel);
        await here.RefreshAsync(Cancel);
        Assert.Equal(["gw-01", "gw-02"], told.Order());
        Assert.False(Verify(here, "gw-01", clear["gw-01"]));
        Assert.True(Verify(here, "gw-01", fresh!));
        Assert.False(Verify(here, "gw-02", clear["gw-02"]));
        Assert.NotSame(replaced, here.RightOf("gw-01"));
        Assert.Same(untouched, here.RightOf("gw-03"));
        Assert.Equal(["gw-03"], _a.Files.ReadGateways().Keys.Order());
    }

    [Fact]
    public async Task A_host_does_not_take_its_own_change_for_anothers()
    {
        using var here = _a.Secrets();
        // A clock counts finer than the database stores.
        _a.Clock.Advance(TimeSpan.FromTicks(12_345));
        await here.EnsureAsync(["gw-01", "gw-02"], Cancel);
        await here.RotateAsync("gw-01", Cancel);
        var told = new List<string>();
        here.Withdrawn += told.Add;
        var rights = (here.RightOf("gw-01"), here.RightOf("gw-02"));
        await here.RefreshAsync(Cancel);
        Assert.Equal(rights, (here.RightOf("gw-01"), here.RightOf("gw-02")));
        Assert.Empty(told);
        await here.DisableAsync("gw-02", Cancel);
        await here.RefreshAsync(Cancel);
        Assert.Equal(["gw-02"], told);
    }

    [Fact]
    public async Task What_a_host_had_alone_is_taken_over_when_it_becomes_one_of_several()
    {
        string text;
        using (var alone = new TemporaryIdentity())
        {
            text = alone.Tokens().Issue("李四", Role.Viewer, null).Text;
            using (var secrets = alone.Secrets()) await secrets.EnsureAsync(["gw-01"], Cancel);
            using var joined = new IdentityDatabase(_database, alone.Directory);
            using var again = new IdentityDatabase(_database, alone.Directory);
            using var here = _a.Secrets();
            Assert.True(Verify(here, "gw-01", alone.Files.ReadGateways()["gw-01"]));
        }
        Assert.Equal(TokenVerdict.Valid, _a.Tokens().Check(text, out _));
    }

    [Fact]
    public async Task A_ticket_of_one_host_opens_another_once()
    {
        var (here, there) = (new HubTickets(_a.Database, _a.Clock), new HubTickets(_b.Database, _b.Clock));
        var ticket = (await here.IssueAsync("token-1", Cancel)).Ticket;
        Assert.Null(await there.RedeemAsync(ticket + "0", Cancel));
        // Whoever is first of all who try at once.
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? here : there).RedeemAsync(ticket, Cancel)));
        Assert.Equal("token-1", Assert.Single(answers, a => a is not null));
        var late = (await here.IssueAsync("token-1", Cancel)).Ticket;
        await using var connection = _database.Open();
        await using var age = new NpgsqlCommand("UPDATE ticket SET expires = expires - interval '30 seconds'", connection);
        await age.ExecuteNonQueryAsync(Cancel);
        Assert.Null(await there.RedeemAsync(late, Cancel));
    }

    [Fact]
    public async Task One_tokens_tickets_push_out_nobody_elses_from_the_shared_table()
    {
        var tickets = new HubTickets(_a.Database, _a.Clock);
        var another = (await tickets.IssueAsync("wall", Cancel)).Ticket;
        await using var connection = _database.Open();
        await using (var many = new NpgsqlCommand(
            $"INSERT INTO ticket SELECT sha256(n::text::bytea), 'greedy', now() + interval '60 seconds' FROM generate_series(1, {HubTickets.WaitingMax + 1}) AS n", connection))
            await many.ExecuteNonQueryAsync(Cancel);
        _a.Clock.Advance(TimeSpan.FromSeconds(1));
        await tickets.IssueAsync("greedy", Cancel);
        await using var count = new NpgsqlCommand("SELECT count(*) FROM ticket WHERE token = 'greedy'", connection);
        Assert.Equal(HubTickets.WaitingOfTokenMax + 1L, await count.ExecuteScalarAsync(Cancel));
        Assert.Equal("wall", await tickets.RedeemAsync(another, Cancel));
    }

    private static bool Verify(GatewaySecrets secrets, string gateway, string secret) => secrets.Verify(gateway, Encoding.UTF8.GetBytes(secret));
}
