using System.Buffers;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Gb26875;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.DeviceProtocol.Sl651;
using LuohuIOC.Tests;

namespace LuohuIOC.IntegrationTests;

/// <summary>Stations that speak national protocols, by TCP and by MQTT, with a host that is killed under them.</summary>
public sealed class StationTests
{
    private const ulong Station = 0x0012345678;

    [Fact]
    public async Task A_report_that_was_answered_survives_the_power_and_its_resend_counts_once()
    {
        var port = Ports.Next();
        await using var host = new HostProcess(null, $"--Stations:Sl651:Port={port}");
        await host.StartAsync();
        var river = (await host.GetAsync("sensors?kind=river&limit=1")).GetProperty("items")[0].GetProperty("id").GetString()!;
        await File.WriteAllTextAsync(Path.Combine(host.Data, "stations.csv"), $"protocol,address,sensor\nsl651,0012345678,{river}\n");
        var at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 60_000 * 60_000;
        var report = Report(at, 1.25);

        using (var line = await ConnectAsync(port))
        {
            // Noise and a broken frame before the good one: passed over, and the station is not hung up on.
            await line.GetStream().WriteAsync("noise"u8.ToArray());
            await line.GetStream().WriteAsync(Broken(report));
            await line.GetStream().WriteAsync(report);
            Assert.Equal((7, Sl651Mark.Eot), Answer(await ReadAsync(line, 25)));
            // The answer waits for the report's journal alone; what was refused before it is kept by a writer of its own.
            await Wait.UntilAsync(async () => (await host.GetAsync("rejections")).GetProperty("items").GetArrayLength() == 1, () => "the broken frame to be kept");
            await host.KillAsync();
        }

        await host.StartAsync();
        await Wait.UntilAsync(async () => (await ReadingsAsync(host, river, at)).Count == 1, () => "the answered reading in history");
        using (var line = await ConnectAsync(port))
        {
            await line.GetStream().WriteAsync(report);
            Assert.Equal((7, Sl651Mark.Eot), Answer(await ReadAsync(line, 25)));
            await line.GetStream().WriteAsync(Report(at - 60_000, 1.2));
            await ReadAsync(line, 25);
            await Wait.UntilAsync(async () => (await ReadingsAsync(host, river, at - 60_000)).Count == 2, () => "the later report beside the one that was sent twice");
            var stations = await host.GetAsync("stations");
            Assert.Equal(river, stations.GetProperty("items")[0].GetProperty("sensor").GetString());
            await host.SendAsync(HttpMethod.Post, "stations/sl651/0012345678/ask/clock", null);
            Assert.Equal(FrameFault.None, Sl651Frame.TryParse(await ReadAsync(line, 32), out var question));
            Assert.Equal((Sl651Function.SetClock, Sl651Mark.Enq), (question.Function, question.End));
        }
        Assert.Equal(1.25, (await ReadingsAsync(host, river, at))[0].GetProperty("values").GetProperty("level").GetDouble());
        var reasons = (await host.GetAsync("rejections")).GetProperty("items").EnumerateArray().Select(r => r.GetProperty("reason").GetString());
        Assert.Equal(["frame_invalid"], reasons);
    }

    [Fact]
    public async Task A_stranger_is_hung_up_on_and_kept_as_a_rejection()
    {
        var port = Ports.Next();
        await using var host = new HostProcess(null, $"--Stations:Sl651:Port={port}", "--Registry:District=Empty");
        await host.StartAsync();
        using var line = await ConnectAsync(port);
        await line.GetStream().WriteAsync(Report(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), 1));
        Assert.Equal(0, await line.GetStream().ReadAsync(new byte[1]));
        Assert.Equal("station_unknown", (await host.GetAsync("rejections")).GetProperty("items")[0].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task What_a_station_tells_of_itself_is_answered_kept_once_and_read()
    {
        var port = Ports.Next();
        await using var host = new HostProcess(null, $"--Stations:Sl651:Port={port}");
        await host.StartAsync();
        var river = (await host.GetAsync("sensors?kind=river&limit=1")).GetProperty("items")[0].GetProperty("id").GetString()!;
        await File.WriteAllTextAsync(Path.Combine(host.Data, "stations.csv"), $"sl651,0012345678,{river}\n");
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var settings = Frame(0x42, now, "F1F10012345678" + "200801" + "2823FF001250" + "031004D2", Sl651Mark.Etx, 0, 0);
        using (var line = await ConnectAsync(port))
        {
            for (var time = 0; time < 2; time++)
            {
                await line.GetStream().WriteAsync(settings);
                Assert.Equal((7, Sl651Mark.Eot), Answer(await ReadAsync(line, 25)));
            }
            await line.GetStream().WriteAsync(Frame(Sl651Function.Picture, now, "F1F1001234567848F0F02309071700F3F3FFD8FF", Sl651Mark.Etb, 2, 1));
            await line.GetStream().WriteAsync(Frame(Sl651Function.Picture, now, "E000104A4649FFD9", Sl651Mark.Etx, 2, 2));
            Assert.Equal((7, Sl651Mark.Eot), Answer(await ReadAsync(line, 25)));
        }

        await host.KillAsync();
        await host.StartAsync();
        var records = (await host.GetAsync("stations/sl651/0012345678/records")).GetProperty("items");
        Assert.Equal(["picture", "settings"], records.EnumerateArray().Select(r => r.GetProperty("kind").GetString()));
        var items = records[1].GetProperty("items");
        Assert.Equal(["20", "28", "03"], items.EnumerateArray().Select(i => i.GetProperty("id").GetString()));
        Assert.Equal((-1.25, "m"), (items[1].GetProperty("value").GetDouble(), items[1].GetProperty("unit").GetString()));
        Assert.Equal("****", items[2].GetProperty("text").GetString());
        var picture = records[0].GetProperty("picture");
        Assert.Equal((11, 0), (picture.GetProperty("bytes").GetInt32(), picture.GetProperty("bytesBehindEnd").GetInt32()));
        using var request = new HttpRequestMessage(HttpMethod.Get, picture.GetProperty("href").GetString());
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", host.Token);
        using var response = await host.Http.SendAsync(request);
        Assert.Equal("image/jpeg", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("FFD8FFE000104A4649FFD9", Convert.ToHexString(await response.Content.ReadAsByteArrayAsync()));
    }

    [Fact]
    public async Task A_detector_on_fire_is_confirmed_and_raises_an_alert()
    {
        var port = Ports.Next();
        await using var host = new HostProcess(null, $"--Stations:Gb26875:Port={port}");
        await host.StartAsync();
        var smoke = (await host.GetAsync("sensors?kind=smoke&limit=1")).GetProperty("items")[0].GetProperty("id").GetString()!;
        await File.WriteAllTextAsync(Path.Combine(host.Data, "stations.csv"), $"gb26875,00000000000A/00000011,{smoke}\n");
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var unit = new byte[48];
        Gb26875Writer.ComponentState(unit, 1, 3, 40, 0x11, Gb26875State.Fire, "", now);
        var frame = new byte[128];
        var length = Gb26875Writer.Frame(frame, 5, 1, now, 10, 11, Gb26875Command.Send, unit);

        using var line = await ConnectAsync(port);
        await line.GetStream().WriteAsync(frame.AsMemory(0, length));
        var answer = await ReadAsync(line, Gb26875Frame.Overhead);
        Assert.Equal((byte)Gb26875Command.Confirm, answer[26]);
        await Wait.UntilAsync(
            async () => (await host.GetAsync("alerts")).GetProperty("items").EnumerateArray().Any(a => a.GetProperty("sensorId").GetString() == smoke),
            () => $"an alert of {smoke}");
    }

    [Fact]
    public async Task A_packet_of_water_quality_comes_by_mqtt_with_its_flags()
    {
        await using var host = new HostProcess();
        await host.StartAsync();
        var sensor = (await host.GetAsync("sensors?kind=water_quality&limit=1")).GetProperty("items")[0];
        var (id, gateway) = (sensor.GetProperty("id").GetString()!, sensor.GetProperty("gateway").GetString()!);
        var at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000 * 1000;
        var digits = new byte[17];
        Hj212Time.Write(digits, at);
        var time = Encoding.ASCII.GetString(digits, 0, 14);
        var packet = new ArrayBufferWriter<byte>();
        Hj212Writer.Packet(packet, Encoding.ASCII.GetBytes($"QN={time}000;ST=21;CN=2011;PW=123456;MN=A;Flag=5;CP=&&DataTime={time};w01001-Rtd=7.1,w01001-Flag=N;w01009-Rtd=6.5,w01009-Flag=D&&"));
        var topic = $"luohu/v1/{gateway}/{id}/raw/hj212";
        var text = Encoding.ASCII.GetString(packet.WrittenSpan);
        Assert.Equal(0, (await Mosquitto.PublishAsync(host.MqttPort, topic, text, gateway, host.Secrets()[gateway])).ExitCode);
        await Mosquitto.PublishAsync(host.MqttPort, topic, text.Replace("7.1", "7.2"), gateway, host.Secrets()[gateway]);

        JsonElement stored = default;
        await Wait.UntilAsync(
            async () => (await ReadingsAsync(host, id, at)).FirstOrDefault() is { ValueKind: JsonValueKind.Object } first && (stored = first).ValueKind != 0,
            () => "the packet's reading in history");
        Assert.Equal(7.1, stored.GetProperty("values").GetProperty("ph").GetDouble());
        Assert.Equal(("bad", "device"), (stored.GetProperty("quality").GetString(), stored.GetProperty("reason").GetString()));
        Assert.Equal("frame_crc", (await host.GetAsync("rejections")).GetProperty("items")[0].GetProperty("reason").GetString());
    }

    private static byte[] Report(long atMs, double level)
    {
        Span<byte> body = stackalloc byte[29];
        Sl651Writer.Heading(body, 7, atMs);
        (body[8], body[9]) = (Sl651Elements.StationAddress, Sl651Elements.StationAddress);
        Sl651Writer.Address(body[10..], Station);
        body[15] = (byte)'H';
        (body[16], body[17]) = (Sl651Elements.ObservationTime, Sl651Elements.ObservationTime);
        Sl651Writer.Time(body.Slice(18, 5), atMs);
        Sl651Writer.Element(body[23..], 0x39, 4, 3, level);
        var frame = new byte[64];
        return frame[..Sl651Writer.Hex(frame, 1, Station, 0x1234, Sl651Function.Timed, false, body, Sl651Mark.Etx)];
    }

    // Packets behind the first have no serial and send time.
    private static byte[] Frame(byte function, long sentMs, string content, byte end, int packets, int packet)
    {
        var heading = new byte[packet > 1 ? 0 : Sl651Frame.HeadingBytes];
        if (heading.Length > 0) Sl651Writer.Heading(heading, 7, sentMs);
        var frame = new byte[128];
        return frame[..Sl651Writer.Hex(frame, 1, Station, 0x1234, function, false, [.. heading, .. Convert.FromHexString(content)], end, packets, packet)];
    }

    private static byte[] Broken(byte[] frame) => [.. frame[..^1], (byte)(frame[^1] + 1)];

    private static (int Serial, byte End) Answer(byte[] bytes)
    {
        Assert.Equal(FrameFault.None, Sl651Frame.TryParse(bytes, out var frame));
        Assert.True(frame.IsDown);
        return (frame.Serial, frame.End);
    }

    private static async Task<TcpClient> ConnectAsync(int port)
    {
        var client = new TcpClient { ReceiveTimeout = 30_000 };
        await client.ConnectAsync("127.0.0.1", port);
        return client;
    }

    private static async Task<byte[]> ReadAsync(TcpClient line, int bytes)
    {
        var answer = new byte[bytes];
        await line.GetStream().ReadExactlyAsync(answer).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        return answer;
    }

    private static async Task<List<JsonElement>> ReadingsAsync(HostProcess host, string sensor, long fromMs) =>
        [.. (await host.GetAsync($"sensors/{sensor}/readings?from={fromMs}&to={fromMs + 3_600_000}")).GetProperty("items").EnumerateArray()];
}
