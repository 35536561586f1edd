using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Sl651;
using LuohuIOC.Ingestion.Frames;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Frames;

public sealed class HeldPacketsTests
{
    private readonly HeldPackets _held = new();
    private long _nowMs = FrameScene.Evening;

    [Fact]
    public void A_message_is_whole_with_its_last_missing_packet_and_knows_its_repeats()
    {
        Assert.Equal((true, false), Take("s", Packet(2)));
        Assert.Equal((false, false), Take("s", Packet(2)));
        Assert.Equal((true, true), Take("s", Packet(1)));
        Assert.Equal((false, true), Take("s", Packet(1)));
        Assert.Equal((true, false), Take("s", Packet(1, serial: 8)));
        Assert.Equal((true, true), Take("s", Packet(2)));
        Assert.Empty(_held.TakeExpelled());
    }

    [Fact]
    public void Sensors_and_functions_have_messages_of_their_own()
    {
        Take("s", Packet(1));
        Assert.Equal((true, false), Take("t", Packet(2)));
        Assert.Equal((true, false), Take("s", Packet(2, function: Sl651Function.Hourly)));
        Assert.Equal((true, true), Take("s", Packet(2)));
    }

    [Fact]
    public void A_message_that_another_follows_or_that_waited_too_long_is_expelled()
    {
        Take("s", Packet(1));
        Take("s", Packet(1, serial: 8));
        Assert.Equal(Packet(1), Assert.Single(_held.TakeExpelled()).Packets.Payload);
        _nowMs += (long)HeldPackets.Patience.TotalMilliseconds + 1;
        _held.Expire(_nowMs);
        Assert.Equal(("gw", "s", 8), _held.TakeExpelled().Select(e => (e.Gateway, e.Sensor, e.Packets.Serial)).Single());
        Assert.Equal((true, false), Take("s", Packet(2)));
    }

    [Fact]
    public void At_a_sensors_bounds_the_oldest_message_is_expelled()
    {
        for (var total = 2; total <= HeldPackets.MessagesMax + 2; total++, _nowMs++) Take("s", Packet(1, total: total));
        Assert.Equal(2, Assert.Single(_held.TakeExpelled()).Packets.Total);
        for (var index = 1; index < 70; index++) Take("s", Packet(index, total: 100, bytes: 4000));
        // One for the fifth message, and that one itself behind 256 KiB.
        Assert.Equal([3, 100], _held.TakeExpelled().Select(e => e.Packets.Total).Order());
    }

    [Fact]
    public void At_the_bound_of_all_the_oldest_of_any_sensor_is_expelled()
    {
        for (var sensor = 0; sensor < 145; sensor++, _nowMs++)
            for (var index = 1; index <= 60; index++) Take($"s{sensor}", Packet(index, total: 100, bytes: 4000));
        var expelled = _held.TakeExpelled();
        Assert.Equal("s0", expelled[0].Sensor);
        Assert.InRange(expelled.Count, 1, 4);
    }

    private (bool IsNew, bool IsWhole) Take(string sensor, byte[] packet)
    {
        Assert.True(HeldPackets.ArePackets(packet));
        Assert.Equal(FrameFault.None, Sl651Frame.TryParse(packet, out var frame));
        var message = _held.Take("gw", sensor, frame, packet, _nowMs, out var isNew);
        return (isNew, message.IsWhole);
    }

    private static byte[] Packet(int index, byte serial = 7, int total = 2, byte function = Sl651Function.Timed, int bytes = 10)
    {
        var buffer = new byte[Sl651Frame.BytesMax];
        byte[] body = index == 1 ? [0, serial, 0x23, 9, 7, 0x18, 0, 0] : new byte[bytes];
        return buffer[..Sl651Writer.Hex(buffer, 1, 0x0012345678, 0, function, false, body, Sl651Mark.Etb, total, index)];
    }
}
