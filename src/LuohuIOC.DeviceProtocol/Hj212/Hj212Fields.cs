using System.Text;

namespace LuohuIOC.DeviceProtocol.Hj212;

/// <summary>What one group of a packet says of its factor; its names are matched whatever their case (<c>-Flag</c>, <c>-FLAG</c>).</summary>
internal ref struct Hj212Fields
{
    /// <summary>As sent; empty for a group of parameters of the whole packet.</summary>
    public ReadOnlySpan<byte> Factor { get; private set; }

    /// <summary>The value nearest to the factor's (<see cref="Hj212Command.RankOf"/>); empty when there is none.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>How near it is; 0 when there is none.</summary>
    public int Rank { get; private set; }

    /// <summary>An amount, <c>B01-Cou=200</c>.</summary>
    public Hj212Pair Amount { get; private set; }

    /// <summary>A field with a value that is not the factor's, <c>w01018-Max=7</c>.</summary>
    public ReadOnlySpan<byte> Other { get; private set; }

    /// <summary>False for every data flag but N.</summary>
    public bool Good { get; private set; }

    /// <summary>Unix ms; null when the group has none.</summary>
    public long? SampleMs { get; private set; }

    /// <summary>Reads a group; false for fields of two factors, or a time that is none.</summary>
    /// <param name="group">The group's pairs.</param>
    /// <param name="packet">Its packet.</param>
    /// <param name="dataMs">DataTime as it holds before the group and, afterwards, behind it.</param>
    /// <param name="fields">What it says.</param>
    public static bool TryRead(Hj212Pairs group, in Hj212Packet packet, ref long dataMs, out Hj212Fields fields)
    {
        fields = new Hj212Fields { Good = true };
        var command = packet.Command;
        foreach (var pair in group)
        {
            var factor = pair.Factor;
            if (factor.IsEmpty)
            {
                // A second one holds for what follows it.
                if (Is(pair.Key, "DataTime"u8) && !Hj212Time.TryUnixMs(pair.Value, out dataMs)) return false;
                continue;
            }
            // A comma parts the fields of one factor (6.3.4): with another factor behind it nobody knows whose flag is whose.
            if (fields.Factor.IsEmpty) fields.Factor = factor;
            else if (!factor.SequenceEqual(fields.Factor) && !Is(factor, fields.Factor)) return false;
            fields.Take(pair, packet, Hj212Command.RankOf(command, pair.Field));
        }
        return true;
    }

    /// <summary>True for names that differ in the case of their letters at most.</summary>
    /// <param name="name">As sent.</param>
    /// <param name="known">As the standard has it.</param>
    public static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => Ascii.EqualsIgnoreCase(name, known);

    private void Take(in Hj212Pair pair, in Hj212Packet packet, int rank)
    {
        if (rank > 0)
        {
            if (rank < Rank || pair.Value.IsEmpty) return;
            Rank = rank;
            Value = pair.Value;
        }
        else if (Is(pair.Field, "Cou"u8)) Amount = pair;
        else if (Is(pair.Field, "Flag"u8)) Good = Hj212DataFlag.IsGood(pair.Value, packet);
        else if (Is(pair.Field, "SampleTime"u8)) SampleMs = Hj212Time.TryUnixMs(pair.Value, out var sampleMs) ? sampleMs : SampleMs;
        else if (Other.IsEmpty && !pair.Value.IsEmpty && !Is(pair.Field, "EFlag"u8)) Other = pair.Key;
    }
}
