using System.Buffers.Binary;
using System.Text;
using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Gb26875;

/// <summary>One object of an application unit. Which members mean something depends on the type.</summary>
public readonly ref struct Gb26875Object(byte type, ReadOnlySpan<byte> data)
{
    private const int Gb18030 = 54936;

    private static readonly Encoding Chinese =
        CodePagesEncodingProvider.Instance.GetEncoding(Gb18030, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\uFFFD"))!;

    public byte Type { get; } = type;

    /// <summary>The object's bytes.</summary>
    public ReadOnlySpan<byte> Data { get; } = data;

    /// <summary>Table 4: 1 is a fire alarm system.</summary>
    public byte System => Data[0];

    /// <summary>Which system of that kind.</summary>
    public byte Address => Data[1];

    /// <summary>Table 5, of types 2 and 3: 40 is a smoke detector.</summary>
    public byte Component => Data[2];

    public uint ComponentAddress => BinaryPrimitives.ReadUInt32LittleEndian(Data[3..]);

    /// <summary>State bits of types 1, 2 and 21.</summary>
    public ushort State => Type switch
    {
        Gb26875Type.SystemState => BinaryPrimitives.ReadUInt16LittleEndian(Data[2..]),
        Gb26875Type.ComponentState => BinaryPrimitives.ReadUInt16LittleEndian(Data[7..]),
        _ => Data[0],
    };

    /// <summary>Kind of value of type 3: 3 is a temperature.</summary>
    public byte AnalogueKind => Data[7];

    public short AnalogueRaw => BinaryPrimitives.ReadInt16LittleEndian(Data[8..]);

    /// <summary>Operation bits of types 4 and 24: 0 reset, 1 silence, 2 manual alarm, 3 alarm cleared, 4 self-test …</summary>
    public byte Operation => Type == Gb26875Type.Operation ? Data[2] : Data[0];

    /// <summary>Number of the person who operated it.</summary>
    public byte Operator => Type == Gb26875Type.Operation ? Data[3] : Data[1];

    /// <summary>Minutes within which the guard must answer, of type 91.</summary>
    public byte TimeoutMinutes => Data[0];

    /// <summary>When it happened; of type 90 the clock to set.</summary>
    public Gb26875Time Time => Data.Length >= 6 ? new(Data[^6..]) : default;

    /// <summary>Text of a component, at most 31 bytes.</summary>
    public ReadOnlySpan<byte> Text
    {
        get
        {
            var text = Data.Slice(9, 31);
            var end = text.IndexOf((byte)0);
            return end < 0 ? text : text[..end];
        }
    }

    /// <summary>True for a state, or an operation at the panel, that tells of a fire.</summary>
    public bool TellsFire => Type switch
    {
        Gb26875Type.SystemState or Gb26875Type.ComponentState or Gb26875Type.TransmitterState => (State & Gb26875State.Fire) != 0,
        Gb26875Type.Operation or Gb26875Type.TransmitterOperation => (Operation & Gb26875Operation.ManualAlarm) != 0,
        _ => false,
    };

    /// <summary>The text decoded from GB 18030; a broken character becomes U+FFFD.</summary>
    public string Description => Chinese.GetString(Text).TrimEnd();
}

/// <summary>The objects of a unit, one after another; a type that is not told apart is one object of all its bytes.</summary>
public ref struct Gb26875Objects(ReadOnlySpan<byte> unit, int count)
{
    private readonly byte _type = unit.Length > 0 ? unit[0] : (byte)0;
    private ReadOnlySpan<byte> _rest = unit.Length > 2 ? unit[2..] : default;
    private int _left = count;

    /// <summary>Not None when the unit holds fewer objects than it says, or bytes behind the last one: a fire may be in them.</summary>
    public FrameFault Fault { get; private set; }

    public Gb26875Object Current { get; private set; }

    public readonly Gb26875Objects GetEnumerator() => this;

    public bool MoveNext()
    {
        var size = Gb26875Type.ObjectBytes(_type);
        if (_left == 0)
        {
            if (size > 0 && !_rest.IsEmpty) Fault = FrameFault.Body;
            return false;
        }
        if (size == 0)
        {
            Current = new Gb26875Object(_type, _rest);
            _left = 0;
            return !_rest.IsEmpty;
        }
        if (_rest.Length < size)
        {
            Fault = FrameFault.Body;
            _left = 0;
            _rest = default;
            return false;
        }
        Current = new Gb26875Object(_type, _rest[..size]);
        _rest = _rest[size..];
        _left--;
        return true;
    }
}
