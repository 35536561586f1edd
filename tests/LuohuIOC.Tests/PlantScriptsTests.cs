using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Xunit;

namespace LuohuIOC.Tests;

/// <summary>What <c>plant/secrets.sh</c> and the functions of <c>plant/native.sh</c> do, run by bash in a folder of their own.</summary>
public sealed class PlantScriptsTests : IDisposable
{
    // A blank and what sed takes for its own: whoever installs chooses the folder's name.
    private readonly string _folder = Directory.CreateTempSubdirectory("luohu plant &#").FullName;

    private string Secrets => $"{_folder}/secrets";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Gateways_become_users_of_the_broker_and_none_of_them_takes_the_hosts_place()
    {
        var (one, two) = (Listed("one.csv", "gateway,secret", "ioc,taken", "00:1a:2b:3c,mac", "gw-1,old", "gw-2,two"), Listed("two.csv", "gateway,secret", "gw-1,new", "gw-3,"));
        var ran = await SecretsAsync("localhost", one, two);
        Assert.Equal(3, ran.Status);
        Assert.Equal(["one.csv:2: 网关 / gateway ioc", "one.csv:3: 网关 / gateway 00:1a:2b:3c", "two.csv:3: 网关 / gateway gw-3"], ran.Errors.Select(e => e.Split(" 未写入")[0].Replace(_folder + "/", "", StringComparison.Ordinal)));
        Assert.DoesNotContain(ran.Errors, e => e.Contains("taken", StringComparison.Ordinal) || e.Contains("mac", StringComparison.Ordinal));
        Assert.Equal(["gw-1", "gw-2", "ioc"], Users());
        Assert.True(Opens("ioc", File.ReadAllText($"{Secrets}/Mqtt__Outside__Password")), "the hosts' own password is refused");
        Assert.True(Opens("gw-1", "new"), "the later row of a gateway does not count");
        Assert.Equal(0, (await SecretsAsync("localhost", Listed("good.csv", "gw-1,new"))).Status);
        Assert.Equal(["gw-1", "ioc"], Users());
    }

    [Fact]
    public async Task A_folder_with_a_blank_in_its_name_is_one_argument_to_every_server()
    {
        var nginx = await NativeAsync("nginx_conf");
        Assert.Contains($"pid \"{_folder}/nginx.pid\";", nginx.Said);
        Assert.Equal([$"ssl_certificate \"{Secrets}/certificate\";", $"ssl_certificate_key \"{Secrets}/certificate_key\";"], nginx.Said.Select(l => l.Trim()).Where(l => l.StartsWith("ssl_certificate", StringComparison.Ordinal)));
        // mosquitto takes the rest of the line.
        var mosquitto = await NativeAsync("mosquitto_conf");
        Assert.Contains($"password_file {Secrets}/mosquitto_passwords", mosquitto.Said);
        Assert.Contains($"persistence_location {_folder}/mosquitto/", mosquitto.Said);
        Assert.Contains($"acl_file {Repository.Root}/firmware-contracts/mosquitto/acl", mosquitto.Said);
    }

    [Fact]
    public async Task Another_port_of_the_database_is_told_to_the_hosts_at_the_next_start()
    {
        Directory.CreateDirectory(Secrets);
        File.WriteAllText($"{Secrets}/Cluster__PostgreSql", "Host=127.0.0.1;Port=15432;Database=luohu;Username=luohu;Password=x");
        await NativeAsync("point_at_postgres");
        Assert.Equal("Host=127.0.0.1;Port=15433;Database=postgres;Username=luohu;Password=x", File.ReadAllText($"{Secrets}/Cluster__PostgreSql"));
    }

    [Fact]
    public async Task The_hosts_are_not_given_what_is_the_plants_in_either_form()
    {
        var ran = await NativeAsync("host_settings --demo --DataDirectory /srv/p --Plant:Https 9443 --Plant:Http=9081 --DataDirectory=/srv/q --Wall:Rotation 00:01:00 --Drain:Max=00:00:05; printf '%s\\n' \"$demo\" \"${settings[@]}\"");
        Assert.Equal(["1", "--Wall:Rotation", "00:01:00", "--Drain:Max=00:00:05"], ran.Said);
        Assert.Equal(2, (await NativeAsync("host_settings --DataDirectory")).Status);
    }

    [Fact]
    public async Task The_newest_PostgreSQL_serves_and_data_of_an_older_one_wants_its_own()
    {
        var script = Repository.Read("ioc");
        var function = script[script.IndexOf("postgres_bin() {", StringComparison.Ordinal)..];
        function = $"postgres_versions=$data/programs; {function[..(function.IndexOf("\n}\n", StringComparison.Ordinal) + 3)]}";
        Assert.Equal([$"{_folder}/programs/none/bin"], (await NativeAsync($"{function} postgres_bin \"$data/postgres\"")).Said);
        foreach (var version in new[] { "9", "15", "17" }) Listed($"programs/{version}/bin/postgres");
        Assert.Equal([$"{_folder}/programs/17/bin"], (await NativeAsync($"{function} postgres_bin \"$data/postgres\"")).Said);
        Listed("postgres/PG_VERSION", "15");
        Assert.Equal([$"{_folder}/programs/15/bin"], (await NativeAsync($"{function} postgres_bin \"$data/postgres\"")).Said);
        foreach (var file in new[] { "ioc", "plant/native.sh" }) Assert.DoesNotMatch(@"postgresql/[0-9]", Repository.Read(file));
    }

    [Fact]
    public async Task The_broker_is_told_of_the_gateways_of_all_hosts()
    {
        Listed("ioc1/credentials/gateways.csv", "gateway,secret", "gw-1,one");
        Listed("ioc3/credentials/gateways.csv", "gateway,secret", "gw-3,three");
        // A shell cannot trap what was ignored when it was started, as under nohup.
        var ran = await NativeAsync("mosquitto_pid=17; kill() { echo \"told $*\"; }; tell_mosquitto");
        Assert.Equal(0, ran.Status);
        Assert.Equal(["told -HUP 17"], ran.Said);
        Assert.Equal(["gw-1", "gw-3", "ioc"], Users());
    }

    private string Listed(string name, params string[] rows)
    {
        Directory.CreateDirectory(Path.GetDirectoryName($"{_folder}/{name}")!);
        File.WriteAllLines($"{_folder}/{name}", rows);
        return $"{_folder}/{name}";
    }

    private string[] Users() => [.. File.ReadLines($"{Secrets}/mosquitto_passwords").Select(l => l.Split(':')[0])];

    // mosquitto 2 keeps $7$iterations$salt$hash, PBKDF2 with SHA-512.
    private bool Opens(string user, string password)
    {
        var kept = File.ReadLines($"{Secrets}/mosquitto_passwords").Last(l => l.StartsWith(user + ":", StringComparison.Ordinal)).Split(':')[1].Split('$');
        var hash = Convert.FromBase64String(kept[4]);
        var iterations = int.Parse(kept[2], CultureInfo.InvariantCulture);
        return Rfc2898DeriveBytes.Pbkdf2(password, Convert.FromBase64String(kept[3]), iterations, HashAlgorithmName.SHA512, hash.Length).SequenceEqual(hash);
    }

    private Task<Ran> SecretsAsync(params string[] arguments) =>
        RunAsync(new Dictionary<string, string> { ["LUOHU_SECRETS"] = Secrets }, [Repository.PathOf("plant/secrets.sh"), .. arguments]);

    /// <summary>Runs a line of bash as <c>./ioc plant</c> would, after it has read its settings.</summary>
    private Task<Ran> NativeAsync(string line) => RunAsync(
        new Dictionary<string, string> { ["root"] = Repository.Root, ["data"] = _folder, ["secrets"] = Secrets },
        ["-c", $"set -euo pipefail\nsay() {{ echo \"$*\" >&2; }}\ndie() {{ say \"$1\"; exit \"${{2:-1}}\"; }}\n. \"$root/plant/native.sh\"\nhttps_port=8443 http_port=8081 mqtt_port=1883 mqtts_port=8883 postgres_port=15433\n{line}"]);

    private static async Task<Ran> RunAsync(Dictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo("bash", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Ran(process.ExitCode, Lines(await said), Lines(errors));
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private sealed record Ran(int Status, string[] Said, string[] Errors);
}
