using System.Text;
using LuohuIOC.Identity;
using Xunit;

namespace LuohuIOC.Tests.Identity;

public sealed class GatewaySecretsTests : IDisposable
{
    private readonly TemporaryIdentity _here = new();

    [Fact]
    public async Task Each_gateway_gets_its_own_secret_in_a_file_for_its_owner_alone()
    {
        using var secrets = _here.Secrets();
        Assert.Equal(2, await Ensure(secrets, "gw-01", "gw-02", "gw-01", ""));
        var lines = File.ReadAllLines(_here.Files.Gateways);
        Assert.Equal("gateway,secret", lines[0]);
        Assert.Equal(["gw-01", "gw-02"], lines[1..].Select(l => l.Split(',')[0]));
        var clear = _here.Files.ReadGateways();
        Assert.NotEqual(clear["gw-01"], clear["gw-02"]);
        Assert.True(Verify(secrets, "gw-01", clear["gw-01"]));
        Assert.False(Verify(secrets, "gw-01", clear["gw-02"]));
        Assert.False(Verify(secrets, "gw-01", ""));
        Assert.False(Verify(secrets, "gw-03", clear["gw-01"]));
        Assert.False(Verify(secrets, "gw-01", new string('x', 100_000)));
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_here.Files.Gateways));
    }

    [Fact]
    public async Task Later_gateways_are_appended_and_the_earlier_ones_keep_their_secret()
    {
        using var secrets = _here.Secrets();
        await Ensure(secrets, "gw-01");
        var before = _here.Files.ReadGateways()["gw-01"];
        Assert.Equal(1, await Ensure(secrets, "gw-01", "gw-02"));
        Assert.Equal(0, await Ensure(secrets, "gw-01", "gw-02"));
        Assert.Equal(3, File.ReadAllLines(_here.Files.Gateways).Length);
        Assert.True(Verify(secrets, "gw-01", before));
    }

    [Fact]
    public async Task Secrets_survive_a_restart_and_the_loss_of_the_clear_file()
    {
        using (var first = _here.Secrets()) await Ensure(first, "gw-01");
        var secret = _here.Files.ReadGateways()["gw-01"];
        File.Delete(_here.Files.Gateways);
        using var again = _here.Secrets();
        Assert.Equal(0, await Ensure(again, "gw-01"));
        Assert.True(Verify(again, "gw-01", secret));
        Assert.False(File.Exists(_here.Files.Gateways));
        await Ensure(again, "gw-02");
        Assert.Equal("gateway,secret", File.ReadLines(_here.Files.Gateways).First());
    }

    [Fact]
    public async Task A_secret_written_before_a_crash_or_a_lost_database_is_taken_up()
    {
        _here.Files.AppendGateways([("gw-01", "SecretWrittenJustBeforeTheCrash00")]);
        using var secrets = _here.Secrets();
        await Ensure(secrets, "gw-01");
        Assert.True(Verify(secrets, "gw-01", "SecretWrittenJustBeforeTheCrash00"));
        Assert.Equal(2, File.ReadAllLines(_here.Files.Gateways).Length);
    }

    [Fact]
    public async Task A_rotated_secret_replaces_the_old_one_at_once_and_its_clear_copy_goes()
    {
        using var secrets = _here.Secrets();
        await Ensure(secrets, "gw-01", "gw-02");
        var clear = _here.Files.ReadGateways();
        var told = new List<string>();
        secrets.Withdrawn += told.Add;
        var fresh = await secrets.RotateAsync("gw-01", TestContext.Current.CancellationToken);
        Assert.False(Verify(secrets, "gw-01", clear["gw-01"]));
        Assert.True(Verify(secrets, "gw-01", fresh!));
        Assert.Equal(["gw-01"], told);
        Assert.Equal(["gw-02"], _here.Files.ReadGateways().Keys);
        Assert.True(Verify(secrets, "gw-02", clear["gw-02"]));
        using var again = _here.Secrets();
        Assert.True(Verify(again, "gw-01", fresh!));
        Assert.Null(await secrets.RotateAsync("gw-99", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_disabled_gateway_stays_out_over_a_restart_until_its_secret_is_rotated()
    {
        string secret;
        using (var secrets = _here.Secrets())
        {
            await Ensure(secrets, "gw-01");
            secret = _here.Files.ReadGateways()["gw-01"];
            Assert.True(await secrets.DisableAsync("gw-01", TestContext.Current.CancellationToken));
            Assert.False(Verify(secrets, "gw-01", secret));
        }
        using var again = _here.Secrets();
        await Ensure(again, "gw-01");
        Assert.False(Verify(again, "gw-01", secret));
        Assert.NotNull(again.All().Single().DisabledAt);
        var fresh = await again.RotateAsync("gw-01", TestContext.Current.CancellationToken);
        Assert.True(Verify(again, "gw-01", fresh!));
        Assert.False(await again.DisableAsync("gw-99", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_a_broker_outside_is_told_from_the_file_is_who_may_connect_now_and_with_what()
    {
        var files = new CredentialFiles(_here.Directory, feedsBroker: true);
        using var secrets = new GatewaySecrets(_here.Database, files, _here.Clock);
        await Ensure(secrets, "gw-01", "gw-02");
        var fresh = await secrets.RotateAsync("gw-01", TestContext.Current.CancellationToken);
        await secrets.DisableAsync("gw-02", TestContext.Current.CancellationToken);
        Assert.Equal([("gw-01", fresh)], files.ReadGateways().Select(g => (g.Key, (string?)g.Value)));
        Assert.True(secrets.IsDisabled("gw-02"));
        Assert.False(secrets.IsDisabled("gw-01"));
        Assert.False(secrets.IsDisabled("gw-99"));
        var again = await secrets.RotateAsync("gw-02", TestContext.Current.CancellationToken);
        Assert.Equal(again, files.ReadGateways()["gw-02"]);
        Assert.False(secrets.IsDisabled("gw-02"));
    }

    [Fact]
    public async Task An_id_with_commas_and_quotes_comes_back_as_it_was()
    {
        using var secrets = _here.Secrets();
        string[] odd = ["a,b", "say \"hi\"", "水库,一号", "plain"];
        Assert.Equal(4, await Ensure(secrets, [.. odd, "line\nbreak"]));
        Assert.Equal(odd.Order(), _here.Files.ReadGateways().Keys.Order());
    }

    public void Dispose() => _here.Dispose();

    private static Task<int> Ensure(GatewaySecrets secrets, params string[] gateways) => secrets.EnsureAsync(gateways, TestContext.Current.CancellationToken);

    private static bool Verify(GatewaySecrets secrets, string gateway, string secret) => secrets.Verify(gateway, Encoding.UTF8.GetBytes(secret));
}
