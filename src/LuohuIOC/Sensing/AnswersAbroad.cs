using LuohuIOC.Ingestion;

namespace LuohuIOC.Sensing;

/// <summary>
/// What a grain answered last to a batch from another silo. When the answer is lost on its way the same batch comes again, the state has its readings
/// already and nothing is judged; without this the marks would be lost with the answer, and history would call doubtful readings good.
/// </summary>
internal sealed class AnswersAbroad
{
    private (long Journal, long First, long Last, int Readings) _batch;
    private MarkAbroad[]? _marks;

    /// <summary>The marks of a batch that has been judged now; null when all its readings are good.</summary>
    public MarkAbroad[]? Judged(SensorBatch batch)
    {
        List<MarkAbroad>? marks = null;
        var reading = 0;
        for (var part = batch; part is not null; part = part.Later)
        {
            for (var i = part.First; i >= 0; i = part.NextOfSensor[i], reading++)
                if (part.Group.Marks[i] is { Grade: not QualityGrade.Good } mark) (marks ??= []).Add(new MarkAbroad(reading, mark.Grade, mark.Reason, mark.Slots));
        }
        _batch = KeyOf(batch);
        return _marks = marks?.ToArray();
    }

    /// <summary>The marks that a batch got when it came first; null when it is another than the last.</summary>
    public MarkAbroad[]? Again(SensorBatch batch) => KeyOf(batch) == _batch ? _marks : null;

    // Positions alone would do in one life of a journal; a sensor's readings of a group are always the same.
    private static (long, long, long, int) KeyOf(SensorBatch batch)
    {
        var (last, readings) = (batch.Group.Position, 0);
        for (var part = batch; part is not null; part = part.Later)
        {
            last = part.Group.Position;
            for (var i = part.First; i >= 0; i = part.NextOfSensor[i]) readings++;
        }
        return (batch.Journal, batch.Group.Position, last, readings);
    }
}
