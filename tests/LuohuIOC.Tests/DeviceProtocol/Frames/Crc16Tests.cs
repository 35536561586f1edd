using System.Text;
using CsCheck;
using LuohuIOC.DeviceProtocol.Frames;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Frames;

public sealed class Crc16Tests
{
    [Fact]
    public void Has_the_published_check_values()
    {
        Assert.Equal(0x4B37, Crc16.Modbus("123456789"u8));
        var example = "QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&";
        Assert.Equal(0x1C80, Crc16.Hj212(Encoding.ASCII.GetBytes(example)));
    }

    [Fact]
    public void Agrees_with_bit_by_bit_arithmetic() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        Assert.Equal(Bitwise(bytes, (crc, b) => crc ^ b), Crc16.Modbus(bytes));
        Assert.Equal(Bitwise(bytes, (crc, b) => (crc >> 8) ^ b), Crc16.Hj212(bytes));
    });

    internal static int Bitwise(IEnumerable<byte> bytes, Func<int, int, int> mix)
    {
        var crc = 0xFFFF;
        foreach (var b in bytes)
        {
            crc = mix(crc, b);
            for (var bit = 0; bit < 8; bit++) crc = crc % 2 == 1 ? (crc / 2) ^ 0xA001 : crc / 2;
        }
        return crc;
    }
}
