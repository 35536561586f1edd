using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Simulator.Stations;

/// <summary>Readings as the open standards have them: SenML packs, and uplinks of a LoRaWAN network server.</summary>
internal static class OpenPayload
{
    /// <summary><c>[{"bn":"urn:dev:mac:…/","bt":1694080800.25},{"n":"level","v":1.25}]</c>; null when nothing was measured.</summary>
    public static byte[]? WriteSenml(StationSensor station, KindDefinition kind, ReadOnlySpan<double> values, long unixMs)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartArray();
        var any = false;
        for (var slot = 0; slot < values.Length; slot++)
        {
            if (double.IsNaN(values[slot])) continue;
            json.WriteStartObject();
            if (!any)
            {
                json.WriteString("bn", station.Address);
                json.WriteNumber("bt", unixMs / 1000m);
            }
            json.WriteString("n", kind.Metrics[slot].Name);
            json.WriteNumber("v", values[slot]);
            json.WriteEndObject();
            any = true;
        }
        json.WriteEndArray();
        json.Flush();
        return any ? bytes.WrittenSpan.ToArray() : null;
    }

    /// <summary>
    /// <c>{"codec":"milesight-em500-swl","fPort":85,"fCnt":7,"ts":…,"data":"A3ceAA=="}</c>. The station's address is the codec; null when its
    /// device does not measure what this kind does.
    /// </summary>
    public static byte[]? WriteLorawan(StationSensor station, KindDefinition kind, ReadOnlySpan<double> values, long unixMs, long frameCount)
    {
        var data = station.Address switch
        {
            "nwave-nps405" => Parking(Of("occupied", kind, values)),
            "milesight-gs524n" => Smoke(Of("alarm", kind, values), Of("fault", kind, values), Of("battery", kind, values)),
            "milesight-em500-swl" => Level(Of("depth", kind, values) is var depth && double.IsNaN(depth) ? Of("level", kind, values) : depth, Of("battery", kind, values)),
            "milesight-em310-tilt" => Tilt(Of("tilt", kind, values), Of("battery", kind, values)),
            _ => null,
        };
        if (data is null) return null;
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $$"""{"codec":"{{station.Address}}","fPort":{{(station.Address == "nwave-nps405" ? 1 : 85)}},"fCnt":{{frameCount}},"ts":{{unixMs}},"data":"{{Convert.ToBase64String(data)}}"}"""));
    }

    private static double Of(string metric, KindDefinition kind, ReadOnlySpan<double> values)
    {
        for (var slot = 0; slot < values.Length; slot++)
            if (kind.Metrics[slot].Name == metric) return values[slot];
        return double.NaN;
    }

    // Bit 0 occupied, bits 1–7 the minutes before, 127 for not known.
    private static byte[]? Parking(double occupied) => double.IsNaN(occupied) ? null : [(byte)((127 << 1) | (occupied == 1 ? 1 : 0))];

    // Every frame has the battery and the temperature: a new battery and 25 °C when the city's model says nothing of them.
    private static byte[]? Smoke(double alarm, double fault, double battery)
    {
        if (double.IsNaN(alarm)) return null;
        byte[] data = [0, (byte)(alarm == 1 ? 1 : fault == 1 ? 5 : 7), (byte)(double.IsNaN(battery) ? 100 : Math.Clamp(battery, 0, 100)), 0, 25];
        data[0] = (byte)(0 - data.Sum(b => b));
        return data;
    }

    // 01 75 5C 03 77 1E 00: 92 %, 30 cm. What is below the probe it does not see.
    private static byte[]? Level(double metres, double battery)
    {
        if (double.IsNaN(metres)) return null;
        byte[] data = [.. Battery(battery), 0x03, 0x77, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(data.Length - 2), (ushort)Math.Clamp(Math.Round(metres * 100), 0, ushort.MaxValue));
        return data;
    }

    // 03 CF x y z in hundredths of a degree, then which threshold was passed
    private static byte[]? Tilt(double degrees, double battery)
    {
        if (double.IsNaN(degrees)) return null;
        byte[] data = [.. Battery(battery), 0x03, 0xCF, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt16LittleEndian(data.AsSpan(data.Length - 3), (short)Math.Clamp(Math.Round(degrees * 100), short.MinValue, short.MaxValue));
        return data;
    }

    private static byte[] Battery(double percent) => double.IsNaN(percent) ? [] : [0x01, 0x75, (byte)Math.Clamp(percent, 0, 100)];
}
