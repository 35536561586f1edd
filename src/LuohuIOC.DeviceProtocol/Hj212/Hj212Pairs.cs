namespace LuohuIOC.DeviceProtocol.Hj212;

/// <summary>One <c>key=value</c>. The value may be empty, and empty too when there was no equals sign.</summary>
public readonly ref struct Hj212Pair(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasEquals = true)
{
    /// <summary>For example <c>w01018-Avg</c> or <c>DataTime</c>.</summary>
    public ReadOnlySpan<byte> Key { get; } = key.Trim((byte)' ');

    /// <summary>Without the blanks around it.</summary>
    public ReadOnlySpan<byte> Value { get; } = value.Trim((byte)' ');

    public bool HasEquals { get; } = hasEquals;

    /// <summary>The factor's code before the last hyphen; empty for a parameter of the whole packet.</summary>
    public ReadOnlySpan<byte> Factor => Key.LastIndexOf((byte)'-') is var at and > 0 ? Key[..at] : default;

    /// <summary>Rtd, Min, Avg, Max, Cou, Flag …; the whole key when there is no factor.</summary>
    public ReadOnlySpan<byte> Field => Key.LastIndexOf((byte)'-') is var at and > 0 ? Key[(at + 1)..] : Key;
}

/// <summary>Pairs between separators; empty ones are passed over.</summary>
public ref struct Hj212Pairs(ReadOnlySpan<byte> text, byte separator)
{
    private ReadOnlySpan<byte> _rest = text;

    public Hj212Pair Current { get; private set; }

    public readonly Hj212Pairs GetEnumerator() => this;

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf(separator);
            var part = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            if (part.IsEmpty) continue;
            var equals = part.IndexOf((byte)'=');
            Current = equals < 0 ? new Hj212Pair(part, default, false) : new Hj212Pair(part[..equals], part[(equals + 1)..]);
            return true;
        }
        return false;
    }
}

/// <summary>The groups of <c>CP</c>: <c>DataTime=…;w01001-Rtd=7.1,w01001-Flag=N;…</c></summary>
public ref struct Hj212Groups(ReadOnlySpan<byte> parameters)
{
    private ReadOnlySpan<byte> _rest = parameters;

    /// <summary>The fields of the group.</summary>
    public Hj212Pairs Current { get; private set; }

    public readonly Hj212Groups GetEnumerator() => this;

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf((byte)';');
            var part = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            if (part.IsEmpty) continue;
            Current = new Hj212Pairs(part, (byte)',');
            return true;
        }
        return false;
    }
}
