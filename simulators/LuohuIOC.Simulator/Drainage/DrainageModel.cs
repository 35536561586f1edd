using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Simulator.Drainage;

/// <summary>
/// Water through the network, step by step: streets → inlets → pipes → outfalls. Each pipe is a linear reservoir with a capacity; what it
/// would pass on is limited by the room in the next pipe, so that a full or tide-locked outfall backs up to the streets. What finds no room
/// stands in the street's hollow and drains back later.
/// </summary>
public sealed class DrainageModel
{
    private const double RimSeconds = 300;

    private readonly DrainageNetwork _network;
    private readonly StreetRunoff[] _streets;
    private readonly double[] _pipes;
    private readonly double[] _hollows;
    private readonly double[] _out;
    private readonly double[] _wanted;
    private readonly double[] _offered;
    private readonly double[] _arriving;
    private readonly double[] _share;
    private double _rain;
    private double _base;
    private double _discharged;
    private double _overflowed;

    public DrainageModel(DrainageNetwork network)
    {
        _network = network;
        var count = network.Nodes.Count;
        _streets = new StreetRunoff[count];
        _pipes = new double[count];
        _hollows = new double[count];
        _out = new double[count];
        _wanted = new double[count];
        _offered = new double[count];
        _arriving = new double[count];
        _share = new double[count];
        Flow = new double[count];
    }

    /// <summary>m³/s that left each node in the last step.</summary>
    public double[] Flow { get; }

    public WaterBalance Balance => new(
        _rain, _base, _streets.Sum(s => s.Infiltrated), _streets.Sum(s => s.Dried), _discharged, _overflowed,
        _streets.Sum(s => s.Stored + s.Wetting), _pipes.Sum(), _hollows.Sum());

    /// <summary>One step with the millimetres of rain on each node and the tide in metres.</summary>
    public void Step(double seconds, ReadOnlySpan<double> rainMm, double tide)
    {
        Want(seconds, rainMm);
        foreach (var i in _network.DownstreamFirst)
        {
            var node = _network.Nodes[i];
            if (node.Downstream < 0) _out[i] = Math.Min(_wanted[i], node.Capacity * seconds * TideShare(node, tide));
            Admit(i, node);
        }
        Move(seconds);
    }

    /// <summary>Depth of the water on the street in metres.</summary>
    public double Ponding(int node) => _network.Nodes[node].DepthOf(_hollows[node]);

    /// <summary>Depth in the pipe in metres; above the diameter when the manhole fills up to the street.</summary>
    public double Level(int node)
    {
        var of = _network.Nodes[node];
        var full = _pipes[node] / of.PipeVolume;
        var surcharge = 1.5 * (1 - Math.Exp(-_hollows[node] / of.VolumeAt(0.15)));
        return (of.Diameter * Manning.Depth(full)) + surcharge;
    }

    /// <summary>The share of its capacity that an outfall keeps at this tide: all of it below 30 % of its height, little when drowned.</summary>
    public static double TideShare(DrainNode node, double tide)
    {
        if (node.Kind != SensorKind.Outfall) return 1;
        var head = node.InvertMetres + node.Diameter + 1 - tide;
        return Math.Sqrt(Math.Clamp(head / ((0.7 * node.Diameter) + 1), 0.0025, 1));
    }

    // What each pipe would pass on, what each street would let in.
    private void Want(double seconds, ReadOnlySpan<double> rainMm)
    {
        Array.Clear(_arriving);
        for (var i = 0; i < _out.Length; i++)
        {
            var node = _network.Nodes[i];
            var baseFlow = node.BaseFlow * seconds;
            _hollows[i] += _streets[i].Step(node, rainMm[i], seconds) + baseFlow;
            _rain += rainMm[i] * node.AreaHectares * 10;
            _base += baseFlow;
            _wanted[i] = Math.Min(_pipes[i] * (1 - Math.Exp(-seconds / node.PipeSeconds)), node.Capacity * seconds);
            _offered[i] = Math.Min(_hollows[i], node.InletCapacity * seconds);
            _out[i] = _wanted[i];
            if (node.Downstream >= 0) _arriving[node.Downstream] += _wanted[i];
        }
    }

    // Shares the room in this pipe among the pipes above and the street, in proportion to what they want; its own outflow is already known.
    private void Admit(int i, DrainNode node)
    {
        if (node.Downstream >= 0) _out[i] = _wanted[i] * _share[node.Downstream];
        var room = Math.Max(0, node.PipeVolume - _pipes[i] + _out[i]);
        var wanting = _arriving[i] + _offered[i];
        _share[i] = wanting > room ? room / wanting : 1;
        _offered[i] *= _share[i];
    }

    private void Move(double seconds)
    {
        for (var i = 0; i < _out.Length; i++)
        {
            var node = _network.Nodes[i];
            _pipes[i] += _offered[i] - _out[i];
            _hollows[i] -= _offered[i];
            if (node.Downstream >= 0) _pipes[node.Downstream] += _out[i];
            else _discharged += _out[i];
            Flow[i] = _out[i] / seconds;
            var above = _hollows[i] - node.VolumeAt(node.RimMetres);
            if (above <= 0) continue;
            var over = above * (1 - Math.Exp(-seconds / RimSeconds));
            _hollows[i] -= over;
            _overflowed += over;
        }
    }
}
