namespace LuohuIOC.Detection;

/// <summary>
/// How rare a positive quantity's value is in its own stream: peaks over a running quantile, whose logarithms decay exponentially
/// (the Pareto tail of Hill 1975, run as a stream after Siffer et al. 2017). The same nats mean the same rarity in every stream,
/// whatever its unit and however heavy its tail. Five numbers of state.
/// </summary>
internal sealed class LogTail(double share, double memory)
{
    /// <summary>Values before the tail is known well enough to say anything.</summary>
    public const int WarmUp = 64;

    private const double PriorDecay = 0.5, PriorWeight = 4, DecayMin = 0.2;

    /// <summary>An excess counts at most as this many decays when the tail is estimated: one huge fault must not hide the next.</summary>
    private const double ExcessMax = 4;

    private readonly double _edge = -Math.Log(share);

    // The first values in full, until they are sorted into a first quantile and decay.
    private float[]? _first = new float[WarmUp];
    private int _seen;
    private double _threshold;
    private double _decay;

    public bool IsWarm => _first is null;

    /// <summary>Values until the tail is warm; 0 when it is.</summary>
    public int WarmUpLeft => _first is null ? 0 : WarmUp - _seen;

    /// <summary>−ln of the share of values as large as this one, continued below the quantile by a straight line down to 0; NaN is not counted.</summary>
    public double Nats(double value)
    {
        if (double.IsNaN(value)) return 0;
        var log = Math.Log(Math.Max(value, 1e-30));
        if (_first is not null)
        {
            _first[_seen++] = (float)log;
            if (_seen == WarmUp) Begin(_first);
            return 0;
        }
        _seen = Math.Min(_seen + 1, int.MaxValue - 1);
        var excess = log - _threshold;
        var nats = excess <= 0 ? _edge * Math.Max(0, 1 + excess / _decay / 3) : _edge + excess / _decay;
        Learn(excess);
        return nats;
    }

    private void Begin(float[] first)
    {
        Array.Sort(first);
        _threshold = first[(int)((1 - share) * WarmUp)];
        var sum = PriorDecay * PriorWeight;
        var count = PriorWeight;
        foreach (var log in first)
        {
            if (log <= _threshold) continue;
            sum += log - _threshold;
            count++;
        }
        _decay = Math.Max(DecayMin, sum / count);
        _first = null;
    }

    // Robbins–Monro steps in units of the decay: up seldom and far, down often and little, in balance at the quantile.
    private void Learn(double excess)
    {
        var rate = Math.Max(1 / memory, 1.0 / _seen);
        if (excess > 0)
        {
            var counted = Math.Min(excess, ExcessMax * _decay);
            _decay = Math.Max(DecayMin, _decay + (counted - _decay) * Math.Min(0.2, rate / share));
            _threshold += rate * (1 - share) / share * _decay;
        }
        else
        {
            _threshold -= rate * _decay;
        }
    }

    public void Save(BinaryWriter to)
    {
        to.Write(IsWarm);
        to.Write(_seen);
        to.Write(_threshold);
        to.Write(_decay);
        if (_first is null) return;
        for (var i = 0; i < _seen; i++) to.Write(_first[i]);
    }

    public void Load(BinaryReader from)
    {
        var warm = from.ReadBoolean();
        _seen = from.ReadInt32();
        _threshold = from.ReadDouble();
        _decay = from.ReadDouble();
        _first = warm ? null : new float[WarmUp];
        if (_first is null) return;
        if (_seen is < 0 or >= WarmUp) throw new InvalidDataException($"{_seen} values in a tail that is not warm.");
        for (var i = 0; i < _seen; i++) _first[i] = from.ReadSingle();
    }
}
