using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Sl651;

/// <summary>
/// Goes through the elements of a HEX body (clause 6.6), the part behind serial and send time, without allocating:
/// <c>F1F1 0012345678 48 F0F0 1412051100 20 19 000100 …</c>. Station, class and observation time are noted on the way.
/// </summary>
public ref struct Sl651Items(ReadOnlySpan<byte> content, byte function)
{
    // Four bytes of bits.
    private const byte StateDefinition = 0x20;

    private ReadOnlySpan<byte> _rest = content;
    private Sl651Item _current;
    private BcdTime _time;
    private bool _hasTime;
    private int _stepMinutes;
    private int _effort = Sl651Steps.EffortMax;

    public readonly Sl651Item Current => _current;

    /// <summary>Not None when the body does not keep the rules; the items before it stand.</summary>
    public FrameFault Fault { get; private set; }

    /// <summary>Bytes that have not been read; after a fault, from the element on that is at fault.</summary>
    internal readonly int Left => _rest.Length;

    /// <summary>The station named in the body, five bytes.</summary>
    public ulong Station { get; private set; }

    public bool HasStation { get; private set; }

    /// <summary>P, H, K, Z, D, T, M, G, Q, I or O as the station sent it; 0 when it sent none.</summary>
    public byte ClassCode { get; private set; }

    /// <summary>The first observation time of the body.</summary>
    public BcdTime? ObservationTime { get; private set; }

    public readonly Sl651Items GetEnumerator() => this;

    public bool MoveNext()
    {
        while (!_rest.IsEmpty && Fault == FrameFault.None)
        {
            var id = _rest[0];
            if (id == Sl651Elements.StationAddress && IsDoubled(7)) TakeStation();
            else if (id == Sl651Elements.ObservationTime && IsDoubled(7)) TakeTime();
            else if (id is Sl651Elements.ManualText or Sl651Elements.Picture && IsDoubled(2)) return TakeRest(id == Sl651Elements.Picture ? Sl651ItemKind.Picture : Sl651ItemKind.Text);
            else if (id == Sl651Elements.VelocityBatch && _rest.Length > 1 && _rest[1] == 0xF6) return TakeRest(Sl651ItemKind.Batch);
            else return TakeElement();
        }
        return false;
    }

    private readonly bool IsDoubled(int bytes) => _rest.Length >= bytes && _rest[1] == _rest[0];

    // F1F1 0012345678 48: station and class. Configuration frames have no class, and function 46 has one when the state follows it (48 45 20 00000400):
    // else 48 is an element.
    private void TakeStation()
    {
        HasStation = true;
        Station = BcdTime.Of(_rest.Slice(2, 5)).Nibbles;
        _rest = _rest[7..];
        if (_rest.IsEmpty) return;
        var beforeTime = _rest.Length >= 3 && _rest[1] == Sl651Elements.ObservationTime && _rest[2] == Sl651Elements.ObservationTime;
        var beforeState = _rest.Length >= 3 && _rest[1] == Sl651Elements.StationState && _rest[2] == StateDefinition;
        if (!beforeTime && ((function == Sl651Function.QueryState && !beforeState) || !"PHKZDTMGQIO"u8.Contains(_rest[0]))) return;
        // FF F0F0: a station that was never told what it is.
        if (char.IsAsciiLetter((char)_rest[0])) ClassCode = _rest[0];
        _rest = _rest[1..];
    }

    private void TakeTime()
    {
        _time = BcdTime.Of(_rest.Slice(2, 5));
        _hasTime = true;
        ObservationTime ??= _time;
        _rest = _rest[7..];
    }

    private bool TakeRest(Sl651ItemKind kind)
    {
        _current = new Sl651Item { Kind = kind, Id = _rest[0], Data = _rest[2..], Time = _time, HasTime = _hasTime };
        _rest = default;
        return true;
    }

    // 20 19 000100 — FF 01 19 000100 is user extension 01
    private bool TakeElement()
    {
        var head = _rest[0] == Sl651Elements.Extension ? 3 : 2;
        if (_rest.Length < head) return Fail();
        ushort id = head == 3 ? (ushort)(0xFF00 | _rest[1]) : _rest[0];
        var definition = _rest[head - 1];
        var length = definition >> 3;
        var isLong = length > Sl651Elements.BytesMaxOf(id);
        // What a maker has put into an extension is the maker's; an element of the table has its digits.
        if (_rest.Length < head + length || (isLong && head == 2)) return Fail();
        var data = _rest.Slice(head, length);
        var kind = id == Sl651Elements.TimeStep ? Sl651ItemKind.Step : id == Sl651Elements.StationState ? Sl651ItemKind.State
            : Sl651Elements.IsHourSeries(id) ? Sl651ItemKind.Series : isLong ? Sl651ItemKind.Long : Sl651ItemKind.Value;
        // Four bytes of table 58; a device that writes more has nothing in front of them, or it is no state.
        if (kind == Sl651ItemKind.State && length > 4 && data[..^4].ContainsAnyExcept((byte)0)) return Fail();
        var (count, step) = (1, 0);
        if (kind == Sl651ItemKind.Step)
        {
            _stepMinutes = MinutesOf(data);
            // 04 18 000000: nobody knows when the values behind it are of.
            if (_stepMinutes <= 0 && function is Sl651Function.Uniform or Sl651Function.QueryPeriod) return Fail();
        }
        if (kind == Sl651ItemKind.Series) (count, step) = (id == Sl651Elements.RainSeries ? length : length / 2, 5);
        if (kind == Sl651ItemKind.Value && _stepMinutes > 0 && length > 0 && function is Sl651Function.Uniform or Sl651Function.QueryPeriod)
        {
            step = _stepMinutes;
            // A step is that of one series: what follows is single elements as far as the next step, or it is not known what it is.
            _stepMinutes = 0;
            count = Math.Max(1, Sl651Steps.CountOf(_rest[head..], length, ref _effort));
            if (count > 1) kind = Sl651ItemKind.Series;
            else step = 0;
            data = _rest.Slice(head, count * length);
        }
        _rest = _rest[(head + data.Length)..];
        _current = new Sl651Item
        {
            Kind = kind,
            Id = id,
            Decimals = definition & 7,
            Data = data,
            Time = _time,
            HasTime = _hasTime,
            Count = count,
            StepMinutes = step,
        };
        return true;
    }

    private bool Fail()
    {
        Fault = FrameFault.Body;
        return false;
    }

    // 000100 >> 60: days, hours, minutes
    private static int MinutesOf(ReadOnlySpan<byte> dhm) =>
        Sl651Number.TryRead(dhm, 0, out var digits) && digits < 1_000_000
            ? ((int)digits / 10_000 * 1440) + ((int)digits / 100 % 100 * 60) + ((int)digits % 100)
            : 0;
}
