using System.Diagnostics;
using System.Globalization;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.History.Influx;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Tests.History.Influx;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.Influx;

/// <summary>
/// <c>influx [readings]</c>: what influxd takes from a file of line protocol, posted as it lies in portions of 10,000 lines over two connections, and
/// what it takes from the sink, which encodes, compresses, posts and keeps its cursor. Both send the same lines, in turn, each to an empty database.
/// </summary>
internal static class InfluxRunner
{
    private const int Sensors = 1_000;
    private const int GroupReadings = 5_000;
    private const int GroupsPerAppend = 20;
    private const int Rounds = 5;
    private const long Start = 1_732_233_600_000;

    private static readonly Sensor[] Registry = [.. Enumerable.Range(0, Sensors).Select(n => new Sensor
    {
        Number = n, Id = $"outfall-{n:0000}", Kind = SensorKind.Outfall, Name = "", Street = "", Longitude = 0, Latitude = 0, Gateway = "gw-1",
        Layout = MetricLayout.Of(SensorKind.Outfall),
    })];

    public static async Task<int> RunAsync(int readings)
    {
        await using var server = new Influxd(walFsyncDelay: "0s");
        await server.StartAsync();
        var groups = Groups(readings);
        var file = Path.GetTempFileName();
        var portions = WriteFile(file, groups);
        try
        {
            // The first round is the runtime's and the server's own.
            await RawAsync(server, file, portions);
            await SinkAsync(server, groups, gzip: true);
            var (raw, plain, packed) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round < Rounds; round++)
            {
                raw.Add(await RawAsync(server, file, portions));
                plain.Add(await SinkAsync(server, groups, gzip: false));
                packed.Add(await SinkAsync(server, groups, gzip: true));
            }
            var bytes = (double)new FileInfo(file).Length / readings;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{readings:#,0} readings of three metrics, {bytes:0} bytes a line, {Rounds} rounds in turn, medians"));
            var table = new Table().Border(TableBorder.Markdown).AddColumns("what", "readings/s", "of the raw file", "lowest", "highest");
            foreach (var (name, speeds) in new[] { ("raw file", raw), ("sink, plain", plain), ("sink, gzip", packed) })
                table.AddRow(name, Text(Median(speeds), "#,0"), Text(100 * Median(speeds) / Median(raw), "0") + " %", Text(speeds.Min(), "#,0"), Text(speeds.Max(), "#,0"));
            AnsiConsole.Write(table);
            return 0;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<double> RawAsync(Influxd server, string file, List<(long From, int Length)> portions)
    {
        var database = await DatabaseAsync(server);
        var started = Stopwatch.GetTimestamp();
        using var handle = File.OpenHandle(file);
        await Parallel.ForEachAsync(portions, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (portion, cancellation) =>
        {
            var lines = new byte[portion.Length];
            await RandomAccess.ReadAsync(handle, lines, portion.From, cancellation);
            using var content = new ByteArrayContent(lines);
            using var response = await server.Http.PostAsync(new Uri($"{server.Url}/write?db={database}&precision=ns"), content, cancellation);
            response.EnsureSuccessStatusCode();
        });
        return await EndAsync(server, database, started, portions.Count);
    }

    private static async Task<double> SinkAsync(Influxd server, List<ReadingGroup> groups, bool gzip)
    {
        var database = await DatabaseAsync(server);
        var folder = Directory.CreateTempSubdirectory("luohu-sink-").FullName;
        try
        {
            var options = new InfluxOptions { Url = server.Url, Database = database, Gzip = gzip, Timeout = TimeSpan.FromMinutes(1) };
            await using var history = new InfluxHistory(
                folder, options, InfluxClient.NewConnections(options), n => Registry[n], _ => Task.CompletedTask, TimeProvider.System, NullLogger<InfluxHistory>.Instance);
            await history.OpenAsync(default);
            var started = Stopwatch.GetTimestamp();
            foreach (var batch in groups.Chunk(GroupsPerAppend)) await history.AppendAsync(batch, default);
            return await EndAsync(server, database, started, groups.Sum(g => g.Count) / options.LinesPerWrite);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> DatabaseAsync(Influxd server)
    {
        var name = $"b{Guid.NewGuid():n}";
        await server.QueryAsync($"CREATE DATABASE {name}");
        return name;
    }

    private static async Task<double> EndAsync(Influxd server, string database, long started, int portions)
    {
        var speed = portions * 10_000.0 / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await server.QueryAsync($"DROP DATABASE {database}");
        return speed;
    }

    private static List<ReadingGroup> Groups(int readings)
    {
        var groups = new List<ReadingGroup>();
        var random = new Random(7);
        for (var at = 0; at < readings; at += GroupReadings)
        {
            var group = new ReadingGroup { Position = groups.Count + 1 };
            for (var i = at; i < Math.Min(readings, at + GroupReadings); i++)
            {
                var ms = Start + i / Sensors * 1_000L;
                group.Add(i % Sensors, ms, i / Sensors, ms);
                for (byte slot = 0; slot < 3; slot++) group.AddValue(slot, Math.Round(random.NextDouble() * 5, 3));
            }
            groups.Add(group);
        }
        return groups;
    }

    private static List<(long From, int Length)> WriteFile(string path, List<ReadingGroup> groups)
    {
        var portions = new List<(long, int)>();
        var encoder = new LineEncoder(n => Registry[n]);
        var batch = new LineBatch();
        using var file = File.Create(path);
        foreach (var group in groups)
        {
            for (var i = 0; i < group.Count; i++)
            {
                encoder.Add(batch, group, i, PointTime.Of(group.DeviceTimes[i], group.Sequences[i]));
                if (batch.Count < 10_000) continue;
                portions.Add((file.Position, batch.Writer.Length));
                file.Write(batch.Writer.Written.Span);
                batch.Clear();
            }
        }
        return portions;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
