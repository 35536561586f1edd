using System.CommandLine;
using LuohuIOC.Simulator.Language;
using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Wire;

namespace LuohuIOC.Simulator.Load;

/// <summary><c>load</c>: publishes as fast as asked and prints one line of JSON.</summary>
internal static class LoadCommand
{
    public static Command Create(Wording texts, TimeProvider clock)
    {
        Option<T> Option<T>(string name, T value) => new(name) { Description = texts[$"load.{name[2..]}"], DefaultValueFactory = _ => value };
        var broker = new BrokerOption(texts);
        var rate = Option("--rate", 0.0);
        var connections = Option("--connections", 50);
        var inFlight = Option("--in-flight", 20);
        var readings = Option("--readings", 1);
        var metrics = Option("--metrics", 3);
        var sensors = Option("--sensors", 1000);
        var seconds = Option("--seconds", 10.0);
        var shape = Option("--shape", LoadShape.Auto);
        var anonymous = Option("--anonymous", false);
        var registry = new Option<FileInfo?>("--registry") { Description = texts["option.registry"] };
        var credentials = new Option<FileInfo?>("--credentials") { Description = texts["option.credentials"] };

        var command = new Command("load", texts["load"])
        {
            broker, rate, connections, inFlight, readings, metrics, sensors, seconds, shape, anonymous, registry, credentials,
        };
        command.SetAction(async (parsed, stop) =>
        {
            if (!parsed.GetValue(anonymous) && (parsed.GetValue(registry) is null || parsed.GetValue(credentials) is null))
                throw new InputException("load.who");
            var (host, port) = parsed.GetRequiredValue(broker);
            using var source = new LoadSource(
                new LoadOptions
                {
                    Host = host,
                    Port = port,
                    MessagesPerSecond = parsed.GetValue(rate),
                    Connections = parsed.GetValue(connections),
                    InFlight = parsed.GetValue(inFlight),
                    ReadingsPerMessage = parsed.GetValue(readings),
                    MetricsPerReading = parsed.GetValue(metrics),
                    Shape = parsed.GetValue(shape),
                    Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                    Gateways = Gateways(
                        parsed.GetValue(registry), parsed.GetValue(anonymous) ? null : parsed.GetValue(credentials),
                        parsed.GetValue(connections), parsed.GetValue(sensors), parsed.GetValue(metrics)),
                },
                clock);
            await source.ConnectAsync(stop);
            var summary = await source.RunAsync(stop);
            Console.WriteLine(summary.ToJson());
            return summary.Unacked == 0 && summary.ConnectionsLost == 0 ? 0 : 1;
        });
        return command;
    }

    private static IReadOnlyList<LoadGateway> Gateways(FileInfo? registry, FileInfo? credentials, int connections, int sensors, int metrics)
    {
        if (registry is null) return LoadGateway.Anonymous(connections, sensors, metrics);
        var secrets = credentials is null ? null : GatewaySecrets.Read(credentials.FullName);
        return RegisteredLoad.Gateways(RegistryFile.Read(registry.FullName), secrets, metrics, sensors);
    }
}
