-- What shares a way out, and so fails together: for a delivery its destination. No lane may hold every slot of a
-- process, so one that hangs keeps none of the others waiting.
alter table work add column lane text;

update work set lane = delivery.destination from delivery where work.stage = 'delivery' and work.key = delivery.id::text;
