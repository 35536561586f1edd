using System.Buffers;
using System.Buffers.Binary;
using LuohuIOC.Ingestion;

namespace LuohuIOC.Sensing;

/// <summary>
/// A <see cref="SensorBatch"/> on its way to a grain in another silo, little endian: version u8 · journal i64 · after i64 (its complement for readings that are shown again), then a part for each
/// group: position i64 · readings i32, then a reading each: device time i64 · sequence i64 · received i64 · slots that the device flagged u64 ·
/// values u8 · their slots u8 each · the values f64 each. About 60 bytes a reading of three metrics. In version 2, which is sent only where a reading tells of
/// components, the number of them u16 follows, then each: component i64 · on fire u8. In version 3, which is sent only where a reading has no time of its
/// device's, u8 follows that: 1 for such a reading. In version 4, which is sent only where a report names the minutes of its rain, they follow that, i16.
/// </summary>
[GenerateSerializer, Immutable, Alias("luohu.sensor-batch.v1")]
public readonly struct SensorBatchWire(byte[] bytes)
{
    private const byte Version = 1;
    private const byte ComponentsVersion = 2;
    private const byte TimesVersion = 3;
    private const byte RainVersion = 4;

    [Id(0)]
    public readonly byte[] Bytes = bytes;

    public static SensorBatchWire Of(SensorBatch batch)
    {
        var into = new ArrayBufferWriter<byte>(256);
        var version = Version;
        for (var part = batch; part is not null; part = part.Later)
            version = Math.Max(version, VersionFor(part));
        Write(into, version);
        Write(into, batch.Journal);
        Write(into, batch.IsAgain ? ~batch.After : batch.After);
        for (var part = batch; part is not null; part = part.Later) WritePart(into, part, version);
        return new SensorBatchWire(into.WrittenSpan.ToArray());
    }

    public SensorBatch ToBatch()
    {
        var from = Bytes.AsSpan();
        var version = from[0];
        if (version is < Version or > RainVersion)
            throw new InvalidOperationException($"A batch of version {version} came from another host, this one knows {RainVersion}. Run the newer version on all.");
        from = from[1..];
        var (journal, after) = (TakeLong(ref from), TakeLong(ref from));
        var isAgain = after < 0;
        if (isAgain) after = ~after;
        SensorBatch? first = null, last = null;
        while (!from.IsEmpty)
        {
            var part = TakePart(ref from, journal, after, isAgain, version);
            first ??= part;
            if (last is not null) last.Later = part;
            last = part;
        }
        return first!;
    }

    private static byte VersionFor(SensorBatch part)
    {
        var version = Version;
        for (var i = part.First; i >= 0; i = part.NextOfSensor[i])
        {
            if (part.Group.RainMinutesOf(i) != 0) return RainVersion;
            if (part.Group.IsTimeDoubted(i)) version = TimesVersion;
        }
        return version > Version ? version : part.Group.Components is { Count: > 0 } ? ComponentsVersion : Version;
    }

    private static void WritePart(ArrayBufferWriter<byte> into, SensorBatch part, byte version)
    {
        var group = part.Group;
        Write(into, group.Position);
        var count = 0;
        for (var i = part.First; i >= 0; i = part.NextOfSensor[i]) count++;
        BinaryPrimitives.WriteInt32LittleEndian(into.GetSpan(4), count);
        into.Advance(4);
        for (var i = part.First; i >= 0; i = part.NextOfSensor[i])
        {
            Write(into, group.DeviceTimes[i]);
            Write(into, group.Sequences[i]);
            Write(into, group.ReceivedTimes[i]);
            Write(into, (long)group.FlaggedOf(i));
            var slots = group.SlotsOf(i);
            Write(into, (byte)slots.Length);
            into.Write(slots);
            foreach (var value in group.ValuesOf(i)) Write(into, BitConverter.DoubleToInt64Bits(value));
            if (version >= ComponentsVersion) WriteComponents(into, group.ComponentsOf(i));
            if (version >= TimesVersion) Write(into, group.IsTimeDoubted(i) ? (byte)1 : (byte)0);
            if (version < RainVersion) continue;
            BinaryPrimitives.WriteInt16LittleEndian(into.GetSpan(2), (short)group.RainMinutesOf(i));
            into.Advance(2);
        }
    }

    private static SensorBatch TakePart(ref Span<byte> from, long journal, long after, bool isAgain, byte version)
    {
        var group = new ReadingGroup { Position = TakeLong(ref from) };
        var count = BinaryPrimitives.ReadInt32LittleEndian(from);
        from = from[4..];
        var next = new int[count];
        for (var i = 0; i < count; i++)
        {
            next[i] = i + 1 < count ? i + 1 : -1;
            var (device, sequence, received) = (TakeLong(ref from), TakeLong(ref from), TakeLong(ref from));
            var flagged = (ulong)TakeLong(ref from);
            // The number means nothing here: the grain knows whose readings these are.
            group.Add(0, device, sequence, received);
            var values = from[0];
            var slots = from[1..(1 + values)];
            from = from[(1 + values)..];
            foreach (var slot in slots) group.AddValue(slot, BitConverter.Int64BitsToDouble(TakeLong(ref from)));
            if (flagged != 0) group.Flag(flagged);
            if (version >= ComponentsVersion) TakeComponents(ref from, group);
            if (version < TimesVersion) continue;
            if (from[0] != 0) group.DoubtTime();
            from = from[1..];
            if (version < RainVersion) continue;
            if (BinaryPrimitives.ReadInt16LittleEndian(from) is var minutes and not 0) group.SetRainMinutes(minutes);
            from = from[2..];
        }
        return new SensorBatch(new GroupInFlight(group, 1), 0, next) { Journal = journal, After = after, IsAgain = isAgain, IsAbroad = true };
    }

    private static void WriteComponents(ArrayBufferWriter<byte> into, ReadOnlySpan<ComponentState> components)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(into.GetSpan(2), (ushort)components.Length);
        into.Advance(2);
        foreach (var component in components)
        {
            Write(into, component.Component);
            Write(into, component.IsOn ? (byte)1 : (byte)0);
        }
    }

    private static void TakeComponents(ref Span<byte> from, ReadingGroup group)
    {
        var count = BinaryPrimitives.ReadUInt16LittleEndian(from);
        from = from[2..];
        for (var i = 0; i < count; i++)
        {
            group.Tell(TakeLong(ref from), from[0] != 0);
            from = from[1..];
        }
    }

    private static void Write(ArrayBufferWriter<byte> into, byte value)
    {
        into.GetSpan(1)[0] = value;
        into.Advance(1);
    }

    private static void Write(ArrayBufferWriter<byte> into, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(into.GetSpan(8), value);
        into.Advance(8);
    }

    private static long TakeLong(ref Span<byte> from)
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(from);
        from = from[8..];
        return value;
    }
}

/// <summary>Tells Orleans how a batch leaves the process. Within it nothing is converted: the type is immutable and goes by reference.</summary>
[RegisterConverter]
public sealed class SensorBatchConverter : IConverter<SensorBatch, SensorBatchWire>
{
    public SensorBatch ConvertFromSurrogate(in SensorBatchWire surrogate) => surrogate.ToBatch();

    public SensorBatchWire ConvertToSurrogate(in SensorBatch value) => SensorBatchWire.Of(value);
}
