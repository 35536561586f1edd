using System.Buffers.Text;
using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Sl651;

/// <summary>One item of an ASCII body. Spans point into the frame.</summary>
public readonly ref struct Sl651AsciiItem
{
    /// <summary>Identifier as sent, for example <c>PJ</c>; with its value, <c>DRH01</c>, for a time step.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>Null when table C.1 has none of this name.</summary>
    public Sl651Element? Element { get; init; }

    /// <summary>As sent; empty for a time step.</summary>
    public ReadOnlySpan<byte> Text { get; init; }

    public BcdTime Time { get; init; }

    public bool HasTime { get; init; }

    /// <summary>Minutes from one value to the next behind a time step; 0 for none.</summary>
    public int StepMinutes { get; init; }

    /// <summary>Which value behind the time step it is, from 0: each is an item.</summary>
    public int Index { get; init; }

    public bool IsStep => Element?.Id == Sl651Elements.TimeStep;

    public bool IsSeries => Element is { } e && Sl651Elements.IsHourSeries(e.Id);

    /// <summary>Text set by hand or a picture.</summary>
    public bool IsText => Element?.Id is Sl651Elements.ManualText or Sl651Elements.Picture;

    private int Width => Element?.Id == Sl651Elements.RainSeries ? 2 : 4;

    /// <summary>Values in it; of a series that breaks off within one, that one counts.</summary>
    public int Count => IsSeries ? (Text.Length + Width - 1) / Width : 1;

    /// <summary>Index of the last value that is not missing; −1 when all are.</summary>
    public int LastMeasured
    {
        get
        {
            var last = Count - 1;
            while (last >= 0 && !TryValue(last, out _)) last--;
            return last;
        }
    }

    /// <summary>True where a station wrote a value or the mark that there is none (all F, seen too: all A), and not something else.</summary>
    /// <param name="index">Of a series, from 0; else 0.</param>
    public bool IsWritten(int index)
    {
        if (TryValue(index, out _)) return true;
        var text = IsSeries ? PartOf(index) : Text;
        return IsSeries ? text.Length == Width && IsMissing(text) : Element?.Id != Sl651Elements.StationState && IsMissing(text);
    }

    /// <summary><c>FFFF</c></summary>
    internal static bool IsMissing(ReadOnlySpan<byte> text) => text.Length > 1 && (!text.ContainsAnyExcept((byte)'F', (byte)'f') || !text.ContainsAnyExcept((byte)'A', (byte)'a'));

    private ReadOnlySpan<byte> PartOf(int index) => Text[(index * Width)..Math.Min(Text.Length, (index + 1) * Width)];

    /// <summary>The value at an index; false where it is missing or no number.</summary>
    public bool TryValue(int index, out double value)
    {
        value = 0;
        if (IsStep || IsText) return false;
        if (Element?.Id == Sl651Elements.StationState)
        {
            // 00000400 >> bit 10
            var isHex = HexText.TryRead(Text, out var bits);
            value = bits;
            return isHex && Text.Length <= 8;
        }
        if (!IsSeries) return Utf8Parser.TryParse(Text, out value, out var used) && used == Text.Length && double.IsFinite(value);
        // 0500 >> 0.5 and 0 mm; 000C >> 0.12 m: as in HEX frames, each byte as two characters
        if ((uint)index >= (uint)Count || PartOf(index).Length < Width || !HexText.TryRead(PartOf(index), out var raw)) return false;
        value = Width == 2 ? raw / 10.0 : raw / 100.0;
        return raw != (Width == 2 ? 0xFFUL : 0xFFFFUL);
    }
}

/// <summary>
/// Goes through the items of an ASCII body, the part behind serial and send time:
/// <c>ST 0012345678 H TT 1412051100 PJ 10.0 VT 12.20 </c>.
/// </summary>
public ref struct Sl651AsciiItems(ReadOnlySpan<byte> content)
{
    private ReadOnlySpan<byte> _rest = content;
    private Sl651AsciiItem _current;
    private BcdTime _time;
    private bool _hasTime;
    private int _stepMinutes;

    // DRN05 PJ Z 1.0 14.42 2.0 14.421: names of one step, whose values come in turn.
    private ReadOnlySpan<byte> _names;
    private int _nameCount;
    private int _valueIndex;

    public readonly Sl651AsciiItem Current => _current;

    /// <summary>Bytes that have not been read; after a fault, those behind the word that is at fault.</summary>
    internal readonly int Left => _rest.Length;

    public FrameFault Fault { get; private set; }

    public ulong Station { get; private set; }

    public bool HasStation { get; private set; }

    public byte ClassCode { get; private set; }

    public BcdTime? ObservationTime { get; private set; }

    public readonly Sl651AsciiItems GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_nameCount > 1)
        {
            if (TryTakeValue(out var value))
            {
                var nameAt = NameAt(_valueIndex % _nameCount);
                return Yield(nameAt, Sl651Elements.Of(nameAt), value, _valueIndex++ / _nameCount);
            }
            _nameCount = 0;
        }
        else if (TryTakeNext(out var next)) return Yield(_current.Name, _current.Element, next, _current.Index + 1);
        while (Fault == FrameFault.None && TryTake(out var name))
        {
            var element = Sl651Elements.Of(name);
            if (element is null && name.Length is > 2 and <= 8 && name.StartsWith("DR"u8)) element = Sl651Elements.Of(Sl651Elements.TimeStep);
            switch (element?.Id)
            {
                case Sl651Elements.StationAddress:
                    TakeStation();
                    continue;
                case Sl651Elements.ObservationTime:
                    TakeTime();
                    continue;
                case Sl651Elements.TimeStep:
                    _stepMinutes = MinutesOf(name);
                    if (_stepMinutes == 0)
                    {
                        // DRN00: nobody knows when the values behind it are of.
                        Fault = FrameFault.Body;
                        return false;
                    }
                    TakeNames();
                    return Yield(name, element, default);
                case Sl651Elements.ManualText or Sl651Elements.Picture:
                    var all = _rest;
                    _rest = default;
                    return Yield(name, element, all);
                default:
                    if (TryTake(out var text)) return Yield(name, element, text);
                    Fault = FrameFault.Body;
                    return false;
            }
        }
        return false;
    }

    private bool Yield(ReadOnlySpan<byte> name, Sl651Element? element, ReadOnlySpan<byte> text, int index = 0)
    {
        _current = new Sl651AsciiItem { Name = name, Element = element, Text = text, Time = _time, HasTime = _hasTime, StepMinutes = _stepMinutes, Index = index };
        return true;
    }

    // DRN05 Z 14.1 14.2 FFFF 14.4 VT 12.2: what begins as a number does, or is the mark of a missing one, is no identifier
    private bool TryTakeNext(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (_stepMinutes == 0 || _current.Text.IsEmpty || _current.IsStep || _current.IsSeries || _current.IsText) return false;
        return TryTakeValue(out text);
    }

    private bool TryTakeValue(out ReadOnlySpan<byte> text)
    {
        var at = _rest;
        if (TryTake(out text) && (text[0] is (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'+' or (byte)'.' || Sl651AsciiItem.IsMissing(text) || text.SequenceEqual("NaN"u8))) return true;
        _rest = at;
        return false;
    }

    // Several identifiers in front of the first value; a single one is read like any other.
    private void TakeNames()
    {
        var before = _rest;
        _names = _rest;
        (_nameCount, _valueIndex) = (0, 0);
        while (true)
        {
            var at = _rest;
            if (TryTakeValue(out _) || !TryTake(out var name) || Sl651Elements.Of(name) is not { } element || element.Id is Sl651Elements.TimeStep or Sl651Elements.ObservationTime or Sl651Elements.StationAddress)
            {
                _rest = at;
                break;
            }
            _nameCount++;
        }
        var values = _rest;
        var isSeries = _nameCount > 1 && TryTakeValue(out _);
        if (!isSeries) _nameCount = 0;
        _rest = isSeries ? values : before;
    }

    private readonly ReadOnlySpan<byte> NameAt(int index)
    {
        var names = _names;
        while (true)
        {
            names = names.TrimStart((byte)' ');
            var end = names.IndexOf((byte)' ');
            if (index-- == 0) return end < 0 ? names : names[..end];
            names = names[(end + 1)..];
        }
    }

    // DRD01, DRH01, DRN05: a day, an hour, five minutes
    private static int MinutesOf(ReadOnlySpan<byte> name)
    {
        if (name.Length < 4 || !Utf8Parser.TryParse(name[3..], out ushort number, out var used) || used != name.Length - 3) return 0;
        return name[2] switch
        {
            (byte)'D' => number * 1440,
            (byte)'H' => number * 60,
            (byte)'N' => number,
            _ => 0,
        };
    }

    private void TakeStation()
    {
        if (!TryTake(out var digits) || !HexText.TryRead(digits, out var station))
        {
            Fault = FrameFault.Body;
            return;
        }
        (Station, HasStation) = (station, true);
        // A class is one letter that the observation time follows; C and H are elements, too.
        var at = _rest;
        if (TryTake(out var letter) && letter.Length == 1 && (_rest.IsEmpty || _rest.StartsWith("TT "u8))) ClassCode = letter[0];
        else _rest = at;
    }

    private void TakeTime()
    {
        if (!TryTake(out var digits) || digits.Length != 10 || !HexText.TryRead(digits, out var nibbles))
        {
            Fault = FrameFault.Body;
            return;
        }
        (_time, _hasTime) = (new BcdTime(nibbles, false), true);
        ObservationTime ??= _time;
    }

    private bool TryTake(out ReadOnlySpan<byte> token)
    {
        _rest = _rest.TrimStart((byte)' ');
        var end = _rest.IndexOf((byte)' ');
        token = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? default : _rest[(end + 1)..];
        return !token.IsEmpty;
    }
}
