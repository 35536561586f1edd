using System.Text;
using System.Text.Json;
using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.Benchmarks.Decode;

/// <summary>The contract's golden frames as bytes, from <c>firmware-contracts/vectors</c> above the program.</summary>
internal static class SampleFrames
{
    public static byte[][] Of(string protocol)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(PathOf($"firmware-contracts/vectors/frames-{protocol}.json")));
        return [.. file.RootElement.GetProperty("vectors").EnumerateArray().Select(v =>
            v.TryGetProperty("hex", out var hex) ? Convert.FromHexString(hex.GetString()!) : Encoding.UTF8.GetBytes(v.GetProperty("packet").GetString()!))];
    }

    /// <summary>Makes length and check value of a changed frame right again, so that it gets past them.</summary>
    public static void Seal(string protocol, Span<byte> frame)
    {
        switch (protocol)
        {
            case "sl651" when frame.Length >= 17 && frame[0] == 0x7E:
                var body = frame.Length - 17;
                frame[11] = (byte)((frame[11] & 0xF0) | (body >> 8));
                frame[12] = (byte)body;
                var crc = Crc16.Modbus(frame[..^2]);
                (frame[^2], frame[^1]) = ((byte)(crc >> 8), (byte)crc);
                break;
            case "sl651" when frame.Length >= 29:
                Encoding.ASCII.GetBytes(((frame.Length - 29) & 0xFFF).ToString("X4"), frame.Slice(19, 4));
                Encoding.ASCII.GetBytes(Crc16.Modbus(frame[..^4]).ToString("X4"), frame[^4..]);
                break;
            case "hj212" when frame.Length >= 12:
                "\r\n"u8.CopyTo(frame[^2..]);
                Encoding.ASCII.GetBytes((frame.Length - 12).ToString("D4"), frame.Slice(2, 4));
                Encoding.ASCII.GetBytes(Crc16.Hj212(frame[6..^6]).ToString("X4"), frame.Slice(frame.Length - 6, 4));
                break;
            case "gb26875" when frame.Length >= 30:
                (frame[24], frame[25]) = ((byte)(frame.Length - 30), (byte)((frame.Length - 30) >> 8));
                frame[^3] = 0;
                byte sum = 0;
                foreach (var b in frame[2..^3]) sum += b;
                frame[^3] = sum;
                break;
        }
    }

    private static string PathOf(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, relative))) return Path.Combine(folder.FullName, relative);
        throw new FileNotFoundException($"No {relative} above {AppContext.BaseDirectory}.");
    }
}
