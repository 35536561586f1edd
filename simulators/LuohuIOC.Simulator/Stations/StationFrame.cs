using System.Buffers;
using System.Globalization;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Gb26875;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.DeviceProtocol.Sl651;
using LuohuIOC.Simulator.Registry;

namespace LuohuIOC.Simulator.Stations;

/// <summary>Which protocol a simulated sensor speaks, and under which station address.</summary>
public sealed record StationSensor(PayloadForm Form, string Address, string Sensor);

/// <summary>Readings as the frames that a real station of the protocol would send.</summary>
public static class StationFrame
{
    private const byte Center = 1;
    private const int Password = 0x1234;

    // Metric, element, bytes, decimals.
    private static readonly (string Metric, byte Element, int Bytes, int Decimals)[] Hydrology =
    [
        ("level", 0x39, 4, 3), ("depth", 0x39, 4, 3), ("flow", 0x27, 5, 3), ("velocity", 0x37, 3, 3), ("rain", 0x22, 3, 1), ("temperature", 0x03, 2, 1),
        ("ph", 0x46, 2, 2), ("dissolved_oxygen", 0x47, 2, 1), ("conductivity", 0x48, 3, 0), ("turbidity", 0x49, 2, 0), ("codmn", 0x4A, 2, 1),
        ("ammonia_nitrogen", 0x4C, 3, 2), ("total_phosphorus", 0x4D, 3, 3),
    ];

    private static readonly (string Metric, string Factor)[] WaterQuality =
    [
        ("temperature", "w01010"), ("ph", "w01001"), ("dissolved_oxygen", "w01009"), ("conductivity", "w01014"), ("turbidity", "w01003"), ("codmn", "w01019"),
        ("ammonia_nitrogen", "w21003"), ("total_phosphorus", "w21011"),
    ];

    /// <summary>
    /// Rows of <c>protocol,address,sensor</c>, as the product's <c>stations.csv</c> has them. The address of a <c>lorawan</c> sensor is its codec,
    /// of <c>senml</c> its base name.
    /// </summary>
    public static IReadOnlyList<StationSensor> ReadList(string path) =>
    [
        .. File.ReadLines(path).Select(CsvLine.Split).Where(f => f.Length == 3)
            .Select(f => PayloadForms.TryParseRaw(f[0].Trim(), out var form) ? new StationSensor(form, f[1].Trim(), f[2].Trim()) : null).OfType<StationSensor>(),
    ];

    /// <summary>Rows of <c>sparkplug,group,sensor</c> in the same file: the sensor's group, by sensor.</summary>
    public static IReadOnlyDictionary<string, string> ReadSparkplug(string path) =>
        File.ReadLines(path).Select(CsvLine.Split).Where(f => f.Length == 3 && f[0].Trim() == "sparkplug").ToDictionary(f => f[2].Trim(), f => f[1].Trim());

    /// <summary>One reading; null when the protocol has no word for any of its metrics.</summary>
    public static byte[]? Write(StationSensor station, KindDefinition kind, ReadOnlySpan<double> values, long unixMs, long sequence) => station.Form switch
    {
        PayloadForm.Sl651 => WriteSl651(station, kind, values, unixMs, (ushort)sequence),
        PayloadForm.Hj212 => WriteHj212(station, kind, values, unixMs),
        PayloadForm.Gb26875 => WriteGb26875(station, kind, values, unixMs, (ushort)sequence),
        PayloadForm.Senml => OpenPayload.WriteSenml(station, kind, values, unixMs),
        PayloadForm.Lorawan => OpenPayload.WriteLorawan(station, kind, values, unixMs, sequence),
        _ => null,
    };

    private static byte[]? WriteSl651(StationSensor station, KindDefinition kind, ReadOnlySpan<double> values, long unixMs, ushort serial)
    {
        var address = ulong.Parse(station.Address, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Span<byte> body = stackalloc byte[256];
        Sl651Writer.Heading(body, serial, unixMs);
        (body[8], body[9]) = (Sl651Elements.StationAddress, Sl651Elements.StationAddress);
        Sl651Writer.Address(body[10..], address);
        body[15] = (byte)(kind.Kind == SensorKind.RainGauge ? 'P' : kind.Kind == SensorKind.Reservoir ? 'K' : 'H');
        (body[16], body[17]) = (Sl651Elements.ObservationTime, Sl651Elements.ObservationTime);
        Sl651Writer.Time(body.Slice(18, 5), unixMs);
        var length = 23;
        for (var slot = 0; slot < values.Length; slot++)
        {
            foreach (var (metric, element, bytes, decimals) in Hydrology)
                if (metric == kind.Metrics[slot].Name) length += Sl651Writer.Element(body[length..], element, bytes, decimals, double.IsNaN(values[slot]) ? null : values[slot]);
        }
        if (length == 23) return null;
        Span<byte> frame = stackalloc byte[Sl651Frame.HexOverhead + length];
        return frame[..Sl651Writer.Hex(frame, Center, address, Password, Sl651Function.Timed, false, body[..length], Sl651Mark.Etx)].ToArray();
    }

    private static byte[]? WriteHj212(StationSensor station, KindDefinition kind, ReadOnlySpan<double> values, long unixMs)
    {
        Span<byte> digits = stackalloc byte[17];
        Hj212Time.Write(digits, unixMs);
        var qn = Encoding.ASCII.GetString(digits);
        var segment = new StringBuilder($"QN={qn};ST=21;CN=2011;PW=123456;MN={station.Address};Flag=5;CP=&&DataTime={qn[..14]}");
        var head = segment.Length;
        for (var slot = 0; slot < values.Length; slot++)
        {
            var factor = WaterQuality.FirstOrDefault(f => f.Metric == kind.Metrics[slot].Name).Factor;
            if (factor is not null && !double.IsNaN(values[slot])) segment.Append(CultureInfo.InvariantCulture, $";{factor}-Rtd={values[slot]:0.###},{factor}-Flag=N");
        }
        if (segment.Length == head) return null;
        var packet = new ArrayBufferWriter<byte>();
        Hj212Writer.Packet(packet, Encoding.ASCII.GetBytes(segment.Append("&&").ToString()));
        return packet.WrittenSpan.ToArray();
    }

    private static byte[]? WriteGb26875(StationSensor station, KindDefinition kind, ReadOnlySpan<double> values, long unixMs, ushort serial)
    {
        if (kind.Kind is not (SensorKind.Smoke or SensorKind.Heat)) return null;
        var parts = station.Address.Split('/');
        var source = ulong.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var component = parts.Length > 1 ? uint.Parse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) : 0;
        var state = Gb26875State.Normal;
        for (var slot = 0; slot < values.Length; slot++)
        {
            if (values[slot] != 1) continue;
            state |= kind.Metrics[slot].Name switch
            {
                "alarm" => Gb26875State.Fire,
                "fault" => Gb26875State.Fault,
                _ => 0,
            };
        }
        Span<byte> unit = stackalloc byte[48];
        Gb26875Writer.ComponentState(unit, 1, 1, (byte)(kind.Kind == SensorKind.Smoke ? 40 : 30), component, (ushort)state, station.Sensor, unixMs);
        Span<byte> frame = stackalloc byte[Gb26875Frame.Overhead + unit.Length];
        return frame[..Gb26875Writer.Frame(frame, serial, 0x0101, unixMs, source, 1, Gb26875Command.Send, unit)].ToArray();
    }
}
