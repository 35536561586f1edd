namespace LuohuIOC.Detection.Novelty;

/// <summary>
/// Streaming detector of one metric: each reading is compared with what the stream has shown so far, in six views; how rare its
/// distance is in each view's own tail makes the evidence, the larger mean of two groups of views, or the departure from the stream's
/// usual day where its days are proved alike. No look-ahead, nothing known of the stream beforehand, constant memory, no allocation per reading. Not for two threads at once. docs/DETECTION.md has the sources.
/// </summary>
public sealed class NoveltyDetector
{
    /// <summary>What <see cref="Snapshot"/> writes first.</summary>
    public const byte SnapshotVersion = 2;

    /// <summary>The version before the usual day was known: read as well, the days are learned from then on.</summary>
    private const byte VersionWithoutDay = 1;

    private const int Shape = 4;

    /// <summary>No measurement is larger; what some instruments send for none is.</summary>
    private const double ValueMax = 1e30;

    /// <summary>Share of the stream's resolution under which two values count as the same.</summary>
    private const double ResolutionShare = 0.25, LocalResolution = 0.05;

    /// <summary>A silence longer than this many mean intervals, and than the minimum, breaks the shape: what came before it is no neighbour.</summary>
    private const double GapIntervals = 20;
    private static readonly long GapMinMs = (long)TimeSpan.FromHours(6).TotalMilliseconds;

    /// <summary>Share of the evidence above the level of an alarm that the local step cannot take.</summary>
    private const double AboveKept = 0.1;

    private readonly NoveltyOptions _options;
    private readonly View[] _views;
    private readonly double[] _nats = new double[7];
    private readonly float[] _values = new float[Shape];
    private readonly float[] _locals = new float[Shape];
    private readonly DailyPeaks _peaks;
    private readonly DailyShape _day;
    private LocalScale _stepScale;
    private LocalScale _levelScale;
    private Episode _episode;
    private int _seen;
    private int _filled;
    private long _lastMs;
    private double _interval;
    private double _origin;
    private double _last;
    private double _localLevel;
    private double _resolution = double.PositiveInfinity;

    public NoveltyDetector(NoveltyOptions? options = null)
    {
        _options = options ?? new NoveltyOptions();
        _views = [new(1, _options), new(1, _options), new(Shape, _options), new(1, _options), new(1, _options), new(Shape, _options)];
        _peaks = new DailyPeaks(_options.CalmPeakNats);
        _day = new DailyShape(_options);
    }

    public NoveltyVerdict Verdict { get; private set; }

    /// <summary>How improbable the last reading is, in nats, whether or not it is news; 0 while warming up.</summary>
    public double Evidence { get; private set; }

    /// <summary>The evidence where it begins or clearly heightens an episode, else 0. Alarm from <see cref="NoveltyOptions.AlarmNats"/>.</summary>
    public double Score { get; private set; }

    public bool IsAlarm => Score >= _options.AlarmNats;

    /// <summary>Readings until the detector can say anything; 0 when warm.</summary>
    public int WarmUpLeft
    {
        get
        {
            if (Verdict == NoveltyVerdict.Scored) return 0;
            var left = LogTail.WarmUp + 1 + Shape - _seen;
            // A stream that has never changed begins with its first change.
            foreach (var view in _views) left = Math.Max(left, view.WarmUpLeft);
            return Math.Max(0, left);
        }
    }

    /// <summary>All readings so far were the same: a warm-up that begins with the first change.</summary>
    public bool HasNeverChanged => _seen > 1 && double.IsInfinity(_resolution);

    /// <summary>The smallest change seen, 0 before any: the stream's rounding.</summary>
    private double Quantum => double.IsInfinity(_resolution) ? 0 : _resolution;

    /// <summary>What each view says of the last reading, in nats, in the order of <see cref="NoveltyView"/>.</summary>
    public ReadOnlySpan<double> ByView => _nats;

    /// <summary>The level around which the last readings lay, in the stream's unit: what was to be expected.</summary>
    public double Expected { get; private set; } = double.NaN;

    /// <summary>Takes the next reading and returns its <see cref="Score"/>.</summary>
    /// <param name="timeMs">Unix ms. A time before the last one counts as the last one.</param>
    /// <param name="value">NaN, infinite or beyond 1e30 where missing.</param>
    public double Observe(long timeMs, double value)
    {
        if (!(Math.Abs(value) <= ValueMax))
        {
            Verdict = NoveltyVerdict.Missing;
            return Score = Evidence = 0;
        }
        if (_seen == 0) Begin(timeMs, value);
        var afterGap = PassTime(timeMs);
        Look(value, afterGap);
        _nats[(int)NoveltyView.Day] = _day.Nats(_lastMs, value, ResolutionShare * Quantum, _interval);
        _last = value;
        _seen = Math.Min(_seen + 1, int.MaxValue - 1);
        var warm = true;
        foreach (var view in _views) warm &= view.IsWarm;
        Verdict = warm ? NoveltyVerdict.Scored : NoveltyVerdict.WarmingUp;
        if (!warm) return Score = Evidence = 0;
        var raw = Combine();
        _peaks.Add(_lastMs, raw);
        var evidence = Math.Max(0, raw - _options.BusyShare * Math.Max(0, _peaks.Median - _options.CalmPeakNats));
        var byDay = raw <= _options.DayWeight * _nats[(int)NoveltyView.Day];
        Evidence = afterGap || byDay ? evidence : Ordered(evidence);
        return Score = _episode.News(_lastMs, Evidence, _options);
    }

    private void Begin(long timeMs, double value)
    {
        _lastMs = timeMs;
        _origin = _last = _localLevel = value;
    }

    /// <summary>True when so long a silence went before that the readings before it are no neighbours of this one.</summary>
    private bool PassTime(long timeMs)
    {
        var passed = Math.Max(0, timeMs - _lastMs);
        _lastMs += passed;
        var gap = _seen > Shape && passed > Math.Max(GapMinMs, GapIntervals * _interval);
        if (gap) _filled = 0;
        else if (_seen > 0) _interval += (passed - _interval) / Math.Min(_seen, 100);
        return gap;
    }

    private void Look(double value, bool afterGap)
    {
        var step = value - _last;
        if (step != 0) _resolution = Math.Min(_resolution, Math.Abs(step));
        var quantum = Quantum;
        var away = value - _localLevel;
        var localAway = Local(away, _levelScale, quantum);
        Push(_values, (float)(value - _origin));
        Push(_locals, (float)localAway);
        _filled = Math.Min(_filled + 1, Shape);
        Expected = _localLevel;

        Span<float> single = [(float)(value - _origin)];
        _nats[(int)NoveltyView.Level] = _views[0].Nats(single, ResolutionShare * quantum);
        _nats[(int)NoveltyView.Step] = afterGap || _seen == 0 ? 0 : At(NoveltyView.Step, (float)step, 2 * ResolutionShare * quantum);
        _nats[(int)NoveltyView.LocalStep] = afterGap || _seen == 0 ? 0 : At(NoveltyView.LocalStep, (float)Local(step, _stepScale, quantum), LocalResolution);
        _nats[(int)NoveltyView.LocalLevel] = At(NoveltyView.LocalLevel, (float)localAway, LocalResolution);
        var full = _filled == Shape;
        _nats[(int)NoveltyView.Shape] = full ? _views[2].Nats(_values, ResolutionShare * quantum) : 0;
        _nats[(int)NoveltyView.LocalShape] = full ? _views[5].Nats(_locals, LocalResolution) : 0;

        if (!afterGap) _stepScale.Add(Math.Abs(step), _options.LocalMemory, quantum);
        Follow(away, quantum);
    }

    private double At(NoveltyView view, float point, double resolution) => _views[(int)view].Nats([point], resolution);

    private double Local(double size, in LocalScale scale, double quantum)
    {
        var unit = scale.Of(_options.CalmShare) + quantum;
        return unit > 0 ? size / unit : 0;
    }

    /// <summary>The local level goes after the value in steps of at most three of its scales, so that a spike does not carry it off.</summary>
    private void Follow(double away, double quantum)
    {
        var rate = Math.Max(1 / _options.LocalMemory, 1.0 / (_seen + 1));
        _localLevel += Math.Sign(away) * Math.Min(Math.Abs(away), 3 * _levelScale.Local + quantum) * rate;
        _levelScale.Add(Math.Abs(away), _options.LocalMemory, quantum);
    }

    /// <summary>Two committees: one sees values as they are, one by the present roughness. Each must agree in itself; either suffices, and so does the usual day.</summary>
    private double Combine()
    {
        var plain = (_nats[0] + _nats[1] + _nats[2]) / 3;
        var local = (_nats[0] + _nats[3] + _nats[4] + _nats[5]) / 4;
        return Math.Max(Math.Max(plain, local), _options.DayWeight * _nats[(int)NoveltyView.Day]);
    }

    /// <summary>
    /// Above the level of an alarm, the local step has a say in smooth streams; an alarm stays one. It has none where it cannot know: after a
    /// silence, and where the time of the day speaks.
    /// </summary>
    private double Ordered(double evidence)
    {
        var above = evidence - _options.AlarmNats;
        if (above <= 0 || !(_levelScale.Long > 0)) return evidence;
        var step = _stepScale.Long / _levelScale.Long;
        var smooth = Math.Clamp((_options.SmoothBelow - step) / (_options.SmoothBelow - _options.SmoothInFull), 0, 1);
        var said = above + _options.StepShare * smooth * (_nats[(int)NoveltyView.LocalStep] - evidence);
        return _options.AlarmNats + Math.Max(AboveKept * above, said);
    }

    private static void Push(float[] window, float value)
    {
        Array.Copy(window, 0, window, 1, Shape - 1);
        window[0] = value;
    }

    /// <summary>The whole state as bytes; a detector of the same options that loads them goes on exactly as this one would.</summary>
    public byte[] Snapshot()
    {
        var bytes = new MemoryStream();
        using var to = new BinaryWriter(bytes);
        to.Write(SnapshotVersion);
        to.Write(_options.Prototypes);
        to.Write((byte)Verdict);
        to.Write(_seen);
        to.Write(_filled);
        to.Write(_lastMs);
        to.Write(_interval);
        to.Write(_origin);
        to.Write(_last);
        to.Write(_localLevel);
        to.Write(_resolution);
        for (var i = 0; i < Shape; i++)
        {
            to.Write(_values[i]);
            to.Write(_locals[i]);
        }
        _stepScale.Save(to);
        _levelScale.Save(to);
        _episode.Save(to);
        _peaks.Save(to);
        foreach (var view in _views) view.Save(to);
        _day.Save(to);
        to.Flush();
        return bytes.ToArray();
    }

    /// <summary>Takes over a snapshot; throws <see cref="InvalidDataException"/> that says why it cannot be used.</summary>
    public void Restore(byte[] snapshot)
    {
        using var from = new BinaryReader(new MemoryStream(snapshot, writable: false));
        try
        {
            var version = from.ReadByte();
            if (version is not (SnapshotVersion or VersionWithoutDay)) throw new InvalidDataException($"Novelty snapshot of version {version}; this program reads {VersionWithoutDay} and {SnapshotVersion}.");
            var prototypes = from.ReadInt32();
            if (prototypes != _options.Prototypes) throw new InvalidDataException($"Novelty snapshot with {prototypes} prototypes a view, the detector has {_options.Prototypes}.");
            Load(from);
            if (version == SnapshotVersion) _day.Load(from);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException($"Novelty snapshot: cut off after {snapshot.Length} bytes.", e);
        }
    }

    private void Load(BinaryReader from)
    {
        Verdict = (NoveltyVerdict)from.ReadByte();
        _seen = from.ReadInt32();
        _filled = from.ReadInt32();
        _lastMs = from.ReadInt64();
        _interval = from.ReadDouble();
        _origin = from.ReadDouble();
        _last = from.ReadDouble();
        _localLevel = from.ReadDouble();
        _resolution = from.ReadDouble();
        for (var i = 0; i < Shape; i++)
        {
            _values[i] = from.ReadSingle();
            _locals[i] = from.ReadSingle();
        }
        _stepScale.Load(from);
        _levelScale.Load(from);
        _episode.Load(from);
        _peaks.Load(from);
        foreach (var view in _views) view.Load(from);
    }
}
