using System.Buffers.Binary;

namespace LuohuIOC.DeviceProtocol.Frames;

/// <summary>
/// The two check values that national frames use, both over the reflected polynomial A001 with FFFF at the beginning. They are not the
/// same: HJ 212 mixes each byte into the value's high byte. Check: "123456789" gives Modbus 4B37.
/// </summary>
public static class Crc16
{
    // Slicing by four: Sliced[k][v] is v's value k bytes further on. 2 KB, stays in the first cache.
    private static readonly ushort[][] Sliced = Build();

    /// <summary>CRC-16/MODBUS (SL 651-2014, appendix B).</summary>
    public static ushort Modbus(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFF;
        ushort[] t0 = Sliced[0], t1 = Sliced[1], t2 = Sliced[2], t3 = Sliced[3];
        while (bytes.Length >= 4)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            crc = (uint)(t3[(byte)word] ^ t2[(byte)(word >> 8)] ^ t1[(byte)(word >> 16)] ^ t0[(byte)(word >> 24)]);
            bytes = bytes[4..];
        }
        foreach (var b in bytes) crc = (crc >> 8) ^ t0[(byte)(crc ^ b)];
        return (ushort)crc;
    }

    /// <summary>HJ 212-2017, appendix A: the byte goes into the high byte of the value, shifted down, and the low byte is dropped.</summary>
    public static ushort Hj212(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFF;
        var table = Sliced[0];
        foreach (var b in bytes) crc = table[(byte)((crc >> 8) ^ b)];
        return (ushort)crc;
    }

    private static ushort[][] Build()
    {
        var tables = new ushort[4][];
        for (var k = 0; k < tables.Length; k++) tables[k] = new ushort[256];
        for (var v = 0; v < 256; v++)
        {
            var crc = (ushort)v;
            for (var bit = 0; bit < 8; bit++) crc = (ushort)((crc & 1) != 0 ? (crc >> 1) ^ 0xA001 : crc >> 1);
            tables[0][v] = crc;
        }
        for (var k = 1; k < tables.Length; k++)
            for (var v = 0; v < 256; v++) tables[k][v] = (ushort)((tables[k - 1][v] >> 8) ^ tables[0][(byte)tables[k - 1][v]]);
        return tables;
    }
}
