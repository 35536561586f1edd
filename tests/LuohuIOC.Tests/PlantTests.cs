using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.History;
using LuohuIOC.Http;
using LuohuIOC.Ingestion.Broker;
using LuohuIOC.Ingestion.Outside;
using LuohuIOC.Storage;
using LuohuIOC.Tests.DeviceProtocol;
using MQTTnet;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LuohuIOC.Tests;

/// <summary>What <c>docker-compose.yml</c> says is so in the files and options that it speaks of. No container engine is asked.</summary>
public sealed partial class PlantTests
{
    private static readonly Dictionary<string, Type> Sections = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Http"] = typeof(HttpOptions),
        ["Mqtt"] = typeof(MqttOptions),
        ["Mqtt:Outside"] = typeof(OutsideOptions),
        ["Cluster"] = typeof(ClusterOptions),
        ["History"] = typeof(HistoryOptions),
    };

    private static readonly Dictionary<string, YamlNode> Plant = Load("docker-compose.yml");

    public static TheoryData<string> Services => [.. Plant["services"].Map().Keys];

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_is_pinned_bounded_watched_and_started_again(string name)
    {
        var service = Service(name);
        Assert.Matches(@"^[a-z0-9./_-]+:[0-9]+([.-][0-9a-z]+)+$", service["image"].Text());
        Assert.Equal("unless-stopped", service["restart"].Text());
        var limits = service["deploy"].Map()["resources"].Map()["limits"].Map();
        Assert.True(limits.ContainsKey("cpus") && limits.ContainsKey("memory"), "limits");
        Assert.True(service.ContainsKey("healthcheck") || (service.ContainsKey("build") && Repository.Read("Dockerfile").Contains("\nHEALTHCHECK ", StringComparison.Ordinal)), "health check");
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void What_a_service_mounts_and_waits_for_is_there(string name)
    {
        var service = Service(name);
        foreach (var mount in List(service, "volumes").Select(v => v.Split(':')))
        {
            if (mount[0].StartsWith("./", StringComparison.Ordinal)) Assert.True(Path.Exists(Repository.PathOf(mount[0])), $"{mount[0]} is mounted and not there");
            else Assert.True(Plant["volumes"].Map().ContainsKey(mount[0]), $"volume {mount[0]} is not declared");
        }
        foreach (var secret in List(service, "secrets")) Assert.True(Plant["secrets"].Map().ContainsKey(secret), $"secret {secret} is not declared");
        foreach (var network in List(service, "networks")) Assert.True(Plant["networks"].Map().ContainsKey(network), $"network {network} is not declared");
        if (service.TryGetValue("depends_on", out var needs))
        {
            var names = needs is YamlMappingNode map ? map.Map().Keys : ((YamlSequenceNode)needs).Select(n => n.Text());
            Assert.Subset(Plant["services"].Map().Keys.ToHashSet(), names.ToHashSet());
        }
        // A file of a secret that a command or a variable names is one that the service is given.
        foreach (Match file in SecretFile().Matches(string.Join('\n', Environment(service).Values.Append(Text(service, "entrypoint")))))
            Assert.Contains(file.Groups[1].Value, List(service, "secrets"));
    }

    [Fact]
    public void Secrets_stand_in_files_that_the_script_makes_and_git_does_not_keep()
    {
        var script = Repository.Read("plant/secrets.sh");
        foreach (var (name, secret) in Plant["secrets"].Map())
        {
            Assert.Equal($"plant/secrets/{name}", secret.Map()["file"].Text());
            Assert.Contains(name, script, StringComparison.Ordinal);
        }
        Assert.Contains("plant/secrets/", Repository.Read(".gitignore").Split('\n'));
        foreach (var name in Services.Select(s => s.Data))
            foreach (var (key, value) in Environment(Service(name)))
                if (key.Contains("PASSWORD", StringComparison.OrdinalIgnoreCase) || key.Contains("TOKEN", StringComparison.OrdinalIgnoreCase))
                    Assert.StartsWith("/run/secrets/", value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ioc1")]
    [InlineData("ioc2")]
    [InlineData("ioc3")]
    public void The_hosts_settings_are_options_that_take_them(string name)
    {
        var service = Service(name);
        var keys = Environment(service).Concat(List(service, "secrets").Where(s => s.Contains("__", StringComparison.Ordinal)).Select(s => new KeyValuePair<string, string>(s, "secret")));
        foreach (var (key, value) in keys)
        {
            var path = key.Replace("__", ":", StringComparison.Ordinal);
            var section = Sections.Keys.Where(s => path.StartsWith(s + ":", StringComparison.OrdinalIgnoreCase)).MaxBy(s => s.Length);
            Assert.True(section is not null, $"{key} is in no section of the options");
            var type = Sections[section!];
            foreach (var word in path[(section!.Length + 1)..].Split(':'))
            {
                var property = type.GetProperty(word, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
                Assert.True(property is { CanWrite: true }, $"{key}: {type.Name} has no {word}");
                type = property!.PropertyType;
            }
            Assert.True(type == typeof(string) || TypeDescriptor.GetConverter(type).IsValid(value), $"{key}: {value} is no {type.Name}");
        }
    }

    [Fact]
    public void Every_host_is_told_apart()
    {
        var hosts = Services.Select(s => s.Data).Where(s => s.StartsWith("ioc", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3, hosts.Length);
        foreach (var host in hosts)
        {
            Assert.Equal(host, Environment(Service(host))["Cluster__Address"]);
            Assert.Equal(host, Environment(Service(host))["Mqtt__Outside__Host"]);
            Assert.Equal(host, Service(host)["hostname"].Text());
            Assert.Equal([$"{host}:/data", "backup:/backup"], List(Service(host), "volumes"));
        }
    }

    [Fact]
    public void Ports_agree_from_door_to_host()
    {
        var port = Environment(Service("ioc1"))["Http__Port"];
        var nginx = Repository.Read("plant/nginx/nginx.conf");
        foreach (var host in new[] { "ioc1", "ioc2", "ioc3" }) Assert.Contains($"server {host}:{port} resolve ", nginx, StringComparison.Ordinal);
        Assert.Contains($"/dev/tcp/127.0.0.1/{port} ", Repository.Read("Dockerfile"), StringComparison.Ordinal);
        Assert.Equal(["80:80", "443:443"], List(Service("proxy"), "ports"));
        Assert.Contains("listen 443 ssl;", nginx, StringComparison.Ordinal);
        var broker = new Uri(Environment(Service("ioc1"))["Mqtt__Outside__Url"]);
        var mosquitto = Repository.Read("plant/mosquitto/mosquitto.conf");
        Assert.Equal("mosquitto", broker.Host);
        Assert.Contains($"listener {broker.Port}\n", mosquitto, StringComparison.Ordinal);
        // Gateways come from outside and encrypted: the listener whose certificate stands below it is the only one with a published port.
        Assert.Contains("listener 8883\ncertfile ", mosquitto, StringComparison.Ordinal);
        Assert.Equal(["8883:8883"], List(Service("mosquitto"), "ports"));
        // Nobody outside reaches the hosts, the store or the database but through these two doors.
        foreach (var name in Services.Select(s => s.Data).Except(["proxy", "mosquitto"])) Assert.Equal(["inside"], List(Service(name), "networks"));
    }

    [Fact]
    public void Names_of_database_bucket_and_token_are_the_same_at_both_ends()
    {
        var (host, influx, grafana) = (Environment(Service("ioc1")), Environment(Service("influxdb")), Environment(Service("grafana")));
        Assert.Equal(influx["DOCKER_INFLUXDB_INIT_BUCKET"], host["History__Influx__Bucket"]);
        Assert.Equal(influx["DOCKER_INFLUXDB_INIT_ORG"], host["History__Influx__Org"]);
        Assert.Equal(host["History__Influx__Bucket"], grafana["LUOHU_INFLUX_DATABASE"]);
        Assert.Equal(host["History__Influx__Url"], grafana["LUOHU_INFLUX_URL"]);
        foreach (Match variable in GrafanaVariable().Matches(Repository.Read("dashboards/grafana/provisioning/datasources/influxdb.yml")))
            Assert.Contains(variable.Groups[1].Value, Text(Service("grafana"), "entrypoint") + string.Join(' ', grafana.Keys), StringComparison.Ordinal);
        var boards = Load("dashboards/grafana/provisioning/dashboards/luohu.yml")["providers"][0].Map()["options"].Map()["path"].Text();
        Assert.Contains($"./dashboards/grafana/dashboards:{boards}:ro", List(Service("grafana"), "volumes"));
        var database = Environment(Service("postgres"));
        Assert.Contains($"Host=postgres}};Database={database["POSTGRES_DB"]};Username={database["POSTGRES_USER"]};", Repository.Read("plant/secrets.sh"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_image_is_built_with_the_versions_that_the_sources_ask_for_and_runs_without_root()
    {
        var lines = Repository.Read("Dockerfile").Split('\n');
        var sdk = JsonDocument.Parse(Repository.Read("global.json")).RootElement.GetProperty("sdk").GetProperty("version").GetString()!;
        var framework = string.Join('.', sdk.Split('.')[..2]);
        Assert.Equal([$"mcr.microsoft.com/dotnet/sdk:{framework}", $"mcr.microsoft.com/dotnet/aspnet:{framework}"], lines.Select(From).Where(f => f?.Contains("dotnet", StringComparison.Ordinal) == true));
        var node = JsonDocument.Parse(Repository.Read("dashboards/wall/package.json")).RootElement.GetProperty("engines").GetProperty("node").GetString()!.TrimStart('>', '=');
        Assert.Contains(lines, l => From(l)?.StartsWith($"node:{node}", StringComparison.Ordinal) == true);
        Assert.Equal("USER $APP_UID", lines.Skip(Array.FindLastIndex(lines, l => From(l) is not null)).Last(l => l.StartsWith("USER ", StringComparison.Ordinal)));
        foreach (var copied in lines.Where(l => l.StartsWith("COPY ", StringComparison.Ordinal) && !l.Contains("--from", StringComparison.Ordinal)).SelectMany(l => l.Split(' ')[1..^1]))
            Assert.True(Path.Exists(Repository.PathOf(copied)), $"{copied} is copied and not there");
    }

    [Theory]
    [InlineData("write", "luohu/v1/gw-1/telemetry", true)]
    [InlineData("write", "luohu/v1/gw-1/status", true)]
    [InlineData("write", "luohu/v1/gw-1/pipe-7/telemetry", true)]
    [InlineData("write", "luohu/v1/gw-1/pipe-7/raw/sl651", true)]
    [InlineData("write", "luohu/v1/gw-1/pipe-7/command/reply", true)]
    [InlineData("read", "luohu/v1/gw-1/pipe-7/command", true)]
    [InlineData("write", "luohu/v1/gw-1/pipe-7/command", false)]
    [InlineData("write", "luohu/v1/gw-2/telemetry", false)]
    [InlineData("read", "luohu/v1/gw-1/telemetry", false)]
    [InlineData("read", "luohu/v1/gw-2/pipe-7/command", false)]
    public void A_gateway_may_do_what_its_topics_are_for_and_no_more(string access, string topic, bool may)
    {
        Assert.True(Topic.TryParse(topic, out _), $"{topic} is no topic of the contract");
        Assert.Equal(may, AclPatterns(access).Any(p => MqttTopicFilterComparer.Compare(topic, p.Replace("%u", "gw-1", StringComparison.Ordinal)) == MqttTopicFilterCompareResult.IsMatch));
    }

    private static IEnumerable<string> AclPatterns(string access) =>
        Repository.Read("firmware-contracts/mosquitto/acl").Split('\n').Select(l => l.Split(' ')).Where(w => w[0] == "pattern" && w[1] == access).Select(w => w[2]);

    private static string? From(string line) => line.StartsWith("FROM ", StringComparison.Ordinal) ? line.Split(' ')[1] : null;

    private static Dictionary<string, YamlNode> Service(string name) => Plant["services"].Map()[name].Map();

    private static List<string> List(Dictionary<string, YamlNode> service, string key) =>
        service.TryGetValue(key, out var list) ? [.. ((YamlSequenceNode)list).Select(n => n.Text())] : [];

    private static string Text(Dictionary<string, YamlNode> service, string key) => string.Join(' ', List(service, key));

    private static Dictionary<string, string> Environment(Dictionary<string, YamlNode> service) =>
        service.TryGetValue("environment", out var map) ? map.Map().ToDictionary(v => v.Key, v => v.Value.Text()) : [];

    private static Dictionary<string, YamlNode> Load(string path)
    {
        using var reader = new StringReader(Repository.Read(path));
        var stream = new YamlStream();
        stream.Load(new MergingParser(new Parser(reader)));
        return stream.Documents[0].RootNode.Map();
    }

    [GeneratedRegex("/run/secrets/([A-Za-z_]+)")]
    private static partial Regex SecretFile();

    [GeneratedRegex(@"\$([A-Z_]+)$", RegexOptions.Multiline)]
    private static partial Regex GrafanaVariable();
}
